import { AppError } from '../../core/errors.ts';
import { parseJson } from '../../core/decode.ts';
import { anthropic } from './anthropic.ts';
import { diagnose, type NetworkFacts } from './diagnose.ts';
import { checkSettings } from './endpoint.ts';
import { gemini } from './gemini.ts';
import { openai } from './openai.ts';
import type {
  HttpProvider,
  HttpProviderId,
  HttpRequest,
  Reply,
  Teacher,
  TeacherFailure,
  TeacherSettings,
} from './provider.ts';
import { redact } from './redact.ts';
import { readResponse, type HttpResponse } from './respond.ts';
import { send, type Sent } from './transport.ts';

/** Every provider over HTTP. Adding one is a file and an entry here. */
export const httpProviders: Readonly<Record<HttpProviderId, HttpProvider>> = { openai, anthropic, gemini };

/** What sending needs of the place it happens in. */
export interface Network {
  readonly fetch: typeof fetch;
  /** What is known beside the error about a request that got no answer; sends a probe without the key where that tells more. */
  observe(url: string, systemCode: string): Promise<NetworkFacts>;
}

interface Access {
  readonly settings: TeacherSettings;
  readonly key: string;
  readonly timeoutMs: number;
}

/** A teacher behind a network. Throws `config-invalid` for settings it cannot be asked with. The key stays in this closure. */
export function httpTeacher(id: HttpProviderId, access: Access, network: Network): Teacher {
  const provider = httpProviders[id];
  const { settings, key } = access;
  checkSettings(provider, settings, key);
  return {
    async ask({ prompt }, signal) {
      const sent = await ask(provider.request(settings, prompt, key), access, network, signal);
      if ('ok' in sent) return sent;
      return readResponse(provider, settings, sent);
    },
  };
}

/** The names of the models that an endpoint offers, sorted. Throws the AppError of a request that failed. */
export async function listModels(
  id: HttpProviderId,
  { endpoint, key, timeoutMs = 20_000 }: { endpoint: string; key: string; timeoutMs?: number },
  network: Network,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const provider = httpProviders[id];
  const settings: TeacherSettings = { ...emptySettings, endpoint, model: 'any', maxTokens: 1 };
  checkSettings(provider, settings, key);
  const sent = await ask(provider.modelsRequest(endpoint, key), { settings, key, timeoutMs }, network, signal);
  if ('ok' in sent) throw errorOf(sent);
  const parsed = parseJson(sent.body);
  const models = sent.status === 200 && parsed.ok ? provider.readModels(parsed.value) : null;
  if (models !== null) return [...models].sort();
  throw errorOf(readResponse({ ...provider, readAnswer: () => null }, settings, sent));
}

function errorOf(reply: Reply): AppError {
  if (reply.ok) return new AppError('teacher-unreadable', 'no list of models', { seen: 'no list of models' });
  const { code, message, detail } = reply.failure;
  return new AppError(code, message, detail);
}

export const emptySettings: TeacherSettings = {
  endpoint: '',
  model: '',
  maxTokens: null,
  maxTokensName: null,
  temperature: null,
  topP: null,
  seed: null,
  structured: false,
  extra: {},
};

/** The response without the key in it, or the failure of a request that got none. */
async function ask(
  request: HttpRequest,
  { key, timeoutMs }: Access,
  network: Network,
  signal: AbortSignal,
): Promise<HttpResponse | Extract<Reply, { ok: false }>> {
  const sent = await send(network.fetch, request, timeoutMs, signal);
  if (sent.kind === 'response') return { ...sent.response, body: redact(sent.response.body, key) };
  return { ok: false, failure: await failureOf(sent, request, key, timeoutMs, network) };
}

async function failureOf(
  sent: Exclude<Sent, { kind: 'response' }>,
  { url }: HttpRequest,
  key: string,
  timeoutMs: number,
  network: Network,
): Promise<TeacherFailure> {
  switch (sent.kind) {
    case 'timeout': {
      const seconds = Math.round(timeoutMs / 100) / 10;
      const message = `no answer within ${String(seconds)} s`;
      return { code: 'teacher-timeout', message, detail: { seconds }, retryAfterMs: null, mayBeCharged: true };
    }
    case 'cut': {
      const message = redact(sent.message, key);
      return { code: 'teacher-cut', message, detail: {}, retryAfterMs: null, mayBeCharged: true };
    }
    case 'unreachable': {
      const { detail, cause } = diagnose(await network.observe(url, sent.systemCode));
      const message = `${cause}: ${redact(sent.message, key)}`;
      // A server may let a request pass (its preflight) and hide the answer all the same.
      const mayBeCharged = cause === 'undecided' || cause === 'cors';
      return { code: 'teacher-unreachable', message, detail, retryAfterMs: null, mayBeCharged };
    }
  }
}
