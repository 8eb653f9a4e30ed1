import { isRecord } from '../../core/decode.ts';
import { costUsd, type Price } from '../price.ts';
import type { PromptText, TeacherSettings } from '../providers/provider.ts';

/**
 * Bytes of UTF-8 for a token in an estimate. English text has about 4 characters a token by the rule of thumb of OpenAI's and
 * Anthropic's documentation; other scripts have more bytes a character and more tokens, so that bytes serve for both.
 */
const bytesPerToken = 4;

/** Tokens that the form of a conversation adds to the words in it, at most. */
const frameTokens = 50;

const encoder = new TextEncoder();

function bytesOf({ system, user, structured }: PromptText, withSchema: boolean): number {
  const schema = withSchema && structured !== null ? JSON.stringify(structured) : '';
  return [system, user, schema].reduce((sum, text) => sum + encoder.encode(text).length, 0);
}

/** Tokens that a request is likely to have. */
export function likelyInputTokens(prompt: PromptText, { structured }: TeacherSettings): number {
  return Math.ceil(bytesOf(prompt, structured) / bytesPerToken) + 10;
}

/** Tokens that a text is likely to have. */
export function likelyTokens(text: string): number {
  return Math.ceil(encoder.encode(text).length / bytesPerToken);
}

/** Tokens that a request cannot exceed: a token of a byte-level vocabulary stands for a byte at least. */
function greatestInputTokens(prompt: PromptText, { structured }: TeacherSettings): number {
  return bytesOf(prompt, structured) + frameTokens;
}

/** Most tokens of all answers to one request; extra fields go before the setting. Null where nothing limits them. */
export function greatestOutputTokens({ maxTokens, extra }: TeacherSettings): number | null {
  const { generationConfig } = extra;
  const own = isRecord(generationConfig)
    ? [generationConfig['maxOutputTokens'] ?? null]
    : [extra['max_completion_tokens'], extra['max_tokens']].filter((value) => value !== undefined);
  const limit: unknown = own.length > 0 ? own[0] : maxTokens;
  const answers = extra['n'];
  return typeof limit === 'number' ? limit * (typeof answers === 'number' ? Math.max(1, answers) : 1) : null;
}

/** The most that a request may cost; null where the price or the length of the answer is not known. */
export function greatestUsd(prompt: PromptText, settings: TeacherSettings, price: Price | null): number | null {
  const outputTokens = greatestOutputTokens(settings);
  if (price === null || outputTokens === null) return null;
  return costUsd(price, { inputTokens: greatestInputTokens(prompt, settings), outputTokens });
}
