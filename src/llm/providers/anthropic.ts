import { under } from './endpoint.ts';
import type { Finish, HttpProvider, PromptText, TeacherSettings } from './provider.ts';
import { countOf, member, namesOf, textOf } from './readBody.ts';

/** The version of the interface, not of the documentation: the only one there is. */
const version = '2023-06-01';

/** Anthropic's Messages (Claude API reference, version 2023-06-01, read in 2026 with `output_config.format` for schemas). */
export const anthropic: HttpProvider = {
  id: 'anthropic',
  name: 'Anthropic',
  help: [
    'Anthropic answers pages only where the request says that the page knows what it does (the header anthropic-dangerous-direct-browser-access). Vermeil sends it: the key is yours, and stays in this page’s memory.',
    'Keys come from the Claude Console. Most tokens of an answer must be set, since the interface demands it.',
    'Newer models take either temperature or top-p, and some neither: leave both empty unless you need one.',
  ],
  defaultEndpoint: 'https://api.anthropic.com/v1',
  needsKey: true,
  needsMaxTokens: true,

  modelsRequest: (endpoint, key) => ({
    method: 'GET',
    url: under(endpoint, 'models', { limit: '1000' }),
    headers: headersOf(key),
    body: null,
  }),
  readModels: (body) => namesOf(member(body, 'data'), 'id'),

  request: (settings, prompt, key) => ({
    method: 'POST',
    url: under(settings.endpoint, 'messages'),
    headers: { 'content-type': 'application/json', ...headersOf(key) },
    body: JSON.stringify(bodyOf(settings, prompt)),
  }),

  readAnswer(body) {
    const content = member(body, 'content');
    if (!Array.isArray(content)) return null;
    // Thinking comes in parts of its own, which are not the answer.
    const text = content
      .filter((part) => member(part, 'type') === 'text')
      .map((part) => textOf(member(part, 'text')))
      .join('');
    const usage = member(body, 'usage');
    const cached = ['cache_creation_input_tokens', 'cache_read_input_tokens'].map((name) =>
      countOf(member(usage, name)),
    );
    const fresh = countOf(member(usage, 'input_tokens'));
    return {
      text,
      finish: finishOf(textOf(member(body, 'stop_reason')), text),
      model: textOf(member(body, 'model')),
      inputTokens: fresh === null ? null : cached.reduce<number>((sum, n) => sum + (n ?? 0), fresh),
      outputTokens: countOf(member(usage, 'output_tokens')),
    };
  },

  readError(body) {
    const error = member(body, 'error');
    const message = textOf(member(error, 'message'));
    return {
      message,
      kinds: [textOf(member(error, 'type'))].filter(Boolean),
      parameter: parameterIn(message),
      retryAfterMs: null,
    };
  },
};

function headersOf(key: string): Readonly<Record<string, string>> {
  return {
    'x-api-key': key,
    'anthropic-version': version,
    'anthropic-dangerous-direct-browser-access': 'true',
  };
}

function bodyOf(settings: TeacherSettings, { system, user, structured }: PromptText): object {
  const { model, maxTokens, temperature, topP, extra } = settings; // there is no seed
  return {
    model,
    ...(maxTokens !== null && { max_tokens: maxTokens }),
    ...(system !== '' && { system }),
    messages: [{ role: 'user', content: user }],
    ...(temperature !== null && { temperature }),
    ...(topP !== null && { top_p: topP }),
    ...(settings.structured &&
      structured !== null && { output_config: { format: { type: 'json_schema', schema: structured } } }),
    ...extra,
  };
}

function finishOf(reason: string, text: string): Finish {
  if (reason === 'refusal') return 'refused';
  if (reason === 'max_tokens' || reason === 'model_context_window_exceeded') return 'cut-off';
  return text.trim() === '' ? 'empty' : 'complete';
}

/** The field that a message begins with (`max_tokens: must be …`), or that it says between backticks; the interface has no field for it. */
function parameterIn(message: string): string {
  return /^([a-z_]+(?:\.[a-z_0-9]+)*): /.exec(message)?.[1] ?? /`([a-z_]+)`/.exec(message)?.[1] ?? '';
}
