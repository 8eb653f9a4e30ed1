import { isRecord } from '../../core/decode.ts';
import { baseOf, under } from './endpoint.ts';
import type { Finish, HttpProvider, PromptText, ProviderError, TeacherAnswer, TeacherSettings } from './provider.ts';
import { countOf, listOf, member, namesOf, textOf, unknownError, waitInMessage } from './readBody.ts';

/**
 * Chat Completions as OpenAI documents them (API reference, v1, read October 2025) and as OpenRouter, vLLM, LM Studio,
 * llama.cpp and Ollama speak them under `/v1`.
 */
export const openai: HttpProvider = {
  id: 'openai',
  name: 'OpenAI-compatible',
  help: [
    'OpenAI (https://api.openai.com/v1) and OpenRouter (https://openrouter.ai/api/v1) let pages ask them. They want a key.',
    'Ollama (http://localhost:11434/v1) takes pages from this machine. For a page from elsewhere start it with OLLAMA_ORIGINS set to the page’s address, such as OLLAMA_ORIGINS=https://example.org; a page opened as a file has the origin “null” and needs OLLAMA_ORIGINS=*.',
    'LM Studio (http://localhost:1234/v1): switch on “Enable CORS” in its server settings, or start it with “lms server start --cors”. That holds for pages opened as files too.',
    'vLLM (http://localhost:8000/v1) allows every page by default; --allowed-origins narrows that. llama.cpp (llama-server, http://localhost:8080/v1) allows every page, unless it was started with --cors-origins.',
    'From a page on the web, the browser also asks for your permission to reach this machine (local network access).',
  ],
  defaultEndpoint: 'https://api.openai.com/v1',
  needsKey: false,
  needsMaxTokens: false,

  modelsRequest: (endpoint, key) => ({
    method: 'GET',
    url: under(endpoint, 'models'),
    headers: authorization(key),
    body: null,
  }),
  readModels: (body) => namesOf(member(body, 'data'), 'id'),

  request: (settings, prompt, key) => ({
    method: 'POST',
    url: under(settings.endpoint, 'chat/completions'),
    headers: { 'content-type': 'application/json', ...authorization(key) },
    body: JSON.stringify(bodyOf(settings, prompt)),
  }),

  readAnswer(body) {
    const choice = listOf(member(body, 'choices'))[0];
    const message = member(choice, 'message');
    if (!isRecord(message)) return null;
    const usage = member(body, 'usage');
    const refusal = textOf(message['refusal']);
    const text = contentOf(message['content']);
    return {
      text: text === '' ? refusal : text,
      finish: finishOf(textOf(member(choice, 'finish_reason')), text, refusal),
      model: textOf(member(body, 'model')),
      inputTokens: countOf(member(usage, 'prompt_tokens')),
      outputTokens: countOf(member(usage, 'completion_tokens')),
    } satisfies TeacherAnswer;
  },

  readError(body): ProviderError {
    const error = member(body, 'error') ?? body;
    // Ollama's own and older servers give the message alone.
    if (typeof error === 'string') return unknownError(error);
    const message = textOf(member(error, 'message')) || textOf(member(body, 'detail'));
    return {
      message,
      kinds: [member(error, 'code'), member(error, 'type')].map((kind) => textOf(kind).toLowerCase()).filter(Boolean),
      parameter: textOf(member(error, 'param')),
      retryAfterMs: waitInMessage(message),
    };
  },
};

/** Servers on this machine want no key; an empty one is not sent. */
function authorization(key: string): Readonly<Record<string, string>> {
  return key === '' ? {} : { authorization: `Bearer ${key}` };
}

function bodyOf(settings: TeacherSettings, { system, user, structured }: PromptText): object {
  const { model, maxTokens, temperature, topP, seed, extra } = settings;
  return {
    model,
    messages: [...(system === '' ? [] : [{ role: 'system', content: system }]), { role: 'user', content: user }],
    ...(maxTokens !== null && { [maxTokensNameOf(settings)]: maxTokens }),
    ...(temperature !== null && { temperature }),
    ...(topP !== null && { top_p: topP }),
    ...(seed !== null && { seed }),
    ...(settings.structured &&
      structured !== null && {
        response_format: { type: 'json_schema', json_schema: { name: 'entities', strict: true, schema: structured } },
      }),
    ...extra,
  };
}

/** OpenAI's newer models refuse `max_tokens`, all of its models take the new name; other servers may know only the old. */
function maxTokensNameOf({ maxTokensName, endpoint }: TeacherSettings): string {
  if (maxTokensName !== null) return maxTokensName;
  return new URL(baseOf(endpoint)).hostname === 'api.openai.com' ? 'max_completion_tokens' : 'max_tokens';
}

/** Content is text, or a list of parts with texts. */
function contentOf(content: unknown): string {
  if (!Array.isArray(content)) return textOf(content);
  return content.map((part) => textOf(member(part, 'text'))).join('');
}

function finishOf(reason: string, text: string, refusal: string): Finish {
  if (refusal !== '' || reason === 'content_filter') return 'refused';
  if (reason === 'length') return 'cut-off';
  return text.trim() === '' ? 'empty' : 'complete';
}
