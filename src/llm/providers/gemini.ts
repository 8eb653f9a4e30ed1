import { isRecord } from '../../core/decode.ts';
import { under } from './endpoint.ts';
import type { Finish, HttpProvider, PromptText, TeacherSettings } from './provider.ts';
import { countOf, listOf, member, textOf } from './readBody.ts';

/** Google's Gemini API (v1beta, `models.generateContent`, reference read October 2025). The key goes in a header, never in the address. */
export const gemini: HttpProvider = {
  id: 'gemini',
  name: 'Google Gemini',
  help: [
    'The Gemini API lets pages ask it. Keys come from Google AI Studio; Vermeil sends them in a header, so that no address holds one.',
    'Thinking counts as output, for the price and for the most tokens of an answer: give models that think room, such as 4096.',
    'Keys without billing have small quotas by the minute and by the day: ask few at a time.',
  ],
  defaultEndpoint: 'https://generativelanguage.googleapis.com/v1beta',
  needsKey: true,
  needsMaxTokens: false,

  modelsRequest: (endpoint, key) => ({
    method: 'GET',
    url: under(endpoint, 'models', { pageSize: '1000' }),
    headers: { 'x-goog-api-key': key },
    body: null,
  }),
  readModels(body) {
    const models = member(body, 'models');
    if (!Array.isArray(models)) return null;
    return models
      .filter((model) => listOf(member(model, 'supportedGenerationMethods')).includes('generateContent'))
      .map((model) => textOf(member(model, 'name')).replace(/^models\//, ''))
      .filter(Boolean);
  },

  request: (settings, prompt, key) => ({
    method: 'POST',
    url: under(
      settings.endpoint,
      `models/${encodeURIComponent(settings.model.replace(/^models\//, ''))}:generateContent`,
    ),
    headers: { 'content-type': 'application/json', 'x-goog-api-key': key },
    body: JSON.stringify(bodyOf(settings, prompt)),
  }),

  readAnswer(body) {
    const candidate = listOf(member(body, 'candidates'))[0];
    const blocked = textOf(member(member(body, 'promptFeedback'), 'blockReason'));
    if (!isRecord(candidate) && blocked === '') return null;
    const text = listOf(member(member(candidate, 'content'), 'parts'))
      .filter((part) => member(part, 'thought') !== true)
      .map((part) => textOf(member(part, 'text')))
      .join('');
    const usage = member(body, 'usageMetadata');
    const candidates = countOf(member(usage, 'candidatesTokenCount'));
    const thoughts = countOf(member(usage, 'thoughtsTokenCount'));
    return {
      text,
      finish: blocked === '' ? finishOf(textOf(member(candidate, 'finishReason')), text) : 'refused',
      model: textOf(member(body, 'modelVersion')),
      inputTokens: countOf(member(usage, 'promptTokenCount')),
      outputTokens: candidates === null && thoughts === null ? null : (candidates ?? 0) + (thoughts ?? 0),
    };
  },

  readError(body) {
    // A failed request is sometimes answered with a list that holds the one error.
    const error = member(Array.isArray(body) ? body[0] : body, 'error');
    const details = listOf(member(error, 'details'));
    const violations = details.flatMap((detail) => listOf(member(detail, 'fieldViolations')));
    const quotas = details.flatMap((detail) => listOf(member(detail, 'violations')));
    const perDay = quotas.some((violation) => textOf(member(violation, 'quotaId')).includes('PerDay'));
    const kinds = [textOf(member(error, 'status')), ...details.map((detail) => textOf(member(detail, 'reason')))];
    const delay = details.map((detail) => textOf(member(detail, 'retryDelay'))).find(Boolean) ?? '';
    return {
      message: textOf(member(error, 'message')),
      kinds: [...kinds.filter(Boolean).map((kind) => kind.toLowerCase()), ...(perDay ? ['quota_per_day'] : [])],
      parameter: violations.map((violation) => textOf(member(violation, 'field'))).find(Boolean) ?? '',
      retryAfterMs: /^[\d.]+s$/.test(delay) ? Number(delay.slice(0, -1)) * 1000 : null,
    };
  },
};

function bodyOf(settings: TeacherSettings, { system, user, structured }: PromptText): object {
  const { maxTokens, temperature, topP, seed, extra } = settings;
  const generationConfig = {
    ...(maxTokens !== null && { maxOutputTokens: maxTokens }),
    ...(temperature !== null && { temperature }),
    ...(topP !== null && { topP }),
    ...(seed !== null && { seed }),
    ...(settings.structured &&
      structured !== null && { responseMimeType: 'application/json', responseJsonSchema: structured }),
  };
  return {
    ...(system !== '' && { systemInstruction: { parts: [{ text: system }] } }),
    contents: [{ role: 'user', parts: [{ text: user }] }],
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
    ...extra,
  };
}

/** Every other reason than these and STOP is one not to answer: SAFETY, RECITATION, BLOCKLIST, PROHIBITED_CONTENT, SPII … */
function finishOf(reason: string, text: string): Finish {
  if (reason === 'MAX_TOKENS') return 'cut-off';
  if (reason !== '' && reason !== 'STOP' && reason !== 'FINISH_REASON_UNSPECIFIED') return 'refused';
  return text.trim() === '' ? 'empty' : 'complete';
}
