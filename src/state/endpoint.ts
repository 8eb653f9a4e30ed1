import { approvedOrigins, isInForce, originOf } from '../offline/endpoints.ts';
import { httpProviders } from '../llm/providers/httpTeacher.ts';
import type { HttpProvider, HttpProviderId } from '../llm/providers/provider.ts';

export type ServerId =
  'openai' | 'anthropic' | 'gemini' | 'openrouter' | 'ollama' | 'lmstudio' | 'vllm' | 'llamacpp' | 'other';

/** A place where a model can be asked: which interface it speaks, its usual address, and what to know of it. */
export interface Server {
  readonly id: ServerId;
  readonly name: string;
  readonly provider: HttpProviderId;
  readonly endpoint: string;
  /** On a person's own machine: nothing is paid, and as a rule no key is wanted. */
  readonly local: boolean;
  readonly needsKey: boolean;
  /** A model's name as it is written there, as an example. */
  readonly example: string;
}

const server = (
  id: ServerId,
  name: string,
  provider: HttpProviderId,
  endpoint: string,
  local: boolean,
  example: string,
): Server => ({ id, name, provider, endpoint, local, needsKey: !local && id !== 'other', example });

export const servers: readonly Server[] = [
  server('openai', 'OpenAI', 'openai', httpProviders.openai.defaultEndpoint, false, 'gpt-4o-mini'),
  server('anthropic', 'Anthropic', 'anthropic', httpProviders.anthropic.defaultEndpoint, false, 'claude-haiku-4-5'),
  server('gemini', 'Google Gemini', 'gemini', httpProviders.gemini.defaultEndpoint, false, 'gemini-2.5-flash'),
  server('openrouter', 'OpenRouter', 'openai', 'https://openrouter.ai/api/v1', false, 'openai/gpt-4o-mini'),
  server('ollama', 'Ollama, on this machine', 'openai', 'http://localhost:11434/v1', true, 'qwen3:8b'),
  server('lmstudio', 'LM Studio, on this machine', 'openai', 'http://localhost:1234/v1', true, 'qwen3-8b'),
  server('vllm', 'vLLM', 'openai', 'http://localhost:8000/v1', true, 'Qwen/Qwen3-8B'),
  server('llamacpp', 'llama.cpp (llama-server)', 'openai', 'http://localhost:8080/v1', true, 'default'),
  server('other', 'Another that speaks OpenAI’s interface', 'openai', '', false, 'the name of its model'),
];

export function serverOf(id: string): Server {
  return servers.find((server) => server.id === id) ?? servers[0]!;
}

/** The server that an address belongs to, by its origin. */
export function serverAt(endpoint: string, provider: HttpProviderId): Server {
  const origin = originOf(endpoint);
  const known = servers.find((server) => server.provider === provider && originOf(server.endpoint) === origin);
  return known ?? { ...serverOf('other'), provider, needsKey: httpProviders[provider].needsKey };
}

export function providerOf({ provider }: Server): HttpProvider {
  return httpProviders[provider];
}

/** Whether this page may ask an address: `approve` and `reload` name what is still to be done. */
export type Standing = 'invalid' | 'approve' | 'reload' | 'ready';

/** The origin that a key for an address goes to; '' for what is no address. */
export function originIn(endpoint: string): string {
  return originOf(endpoint.trim()) ?? '';
}

export function standingOf(endpoint: string): Standing {
  const origin = originOf(endpoint.trim());
  if (origin === null) return 'invalid';
  if (isInForce(endpoint.trim())) return 'ready';
  return approvedOrigins().includes(origin) ? 'reload' : 'approve';
}
