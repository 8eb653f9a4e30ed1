import { preview } from '../core/decode.ts';
import type { AnswerEntity, RejectedCandidate } from './answers.ts';

/** What one form of answer was found to say; `rest`: whether more text than a fence follows it. */
export type FormAnswer =
  | {
      readonly kind: 'read';
      readonly entities: readonly AnswerEntity[];
      readonly rejected: readonly RejectedCandidate[];
      readonly repaired: boolean;
      readonly rest: boolean;
    }
  | { readonly kind: 'cut-off'; readonly entities: readonly AnswerEntity[] }
  | { readonly kind: 'malformed'; readonly reason: string };

/**
 * A text without what stands between `<think>` and `</think>` (DeepSeek, Qwen and others; chat templates often swallow the
 * opening mark). Null where the thinking does not end.
 */
export function withoutThinking(raw: string): string | null {
  const marks = [...raw.matchAll(/<(\/?)(?:think|thinking|reasoning)>/gi)];
  const closed = marks.findLast(([, slash]) => slash === '/');
  const rest = closed === undefined ? raw : raw.slice(closed.index + closed[0].length);
  const opened = /<(?:think|thinking|reasoning)>/i.exec(rest);
  if (opened === null) return rest;
  // An answer may stand before thoughts that never end; a text that begins with them holds none.
  const before = rest.slice(0, opened.index);
  return before.trim() === '' ? null : before;
}

/** Whether a type says that a candidate is no entity. */
export function isRejection(type: string): boolean {
  return /^(?:none|no|o|false|null|n\/a|-|rejected?|not (?:an? )?(?:named )?entity)?$/i.test(type.trim());
}

/** Whether a whole answer says in words that the sentence holds no entity. */
export function saysNone(text: string): boolean {
  const words = text.replace(/[`*_."'“”]/g, '').trim();
  return /^(?:none|n\/a|(?:there are )?no (?:named )?entit(?:y|ies)(?: (?:were |was )?found)?(?: in (?:the|this) sentence)?)$/i.test(
    words,
  );
}

const refusals =
  /\b(?:i(?:['’]m| am) (?:very |so )?sorry|i can(?:['’]t|not| not)|i (?:won['’]t|will not)|i(?:['’]m| am) (?:unable|not able)|unable to (?:help|assist|comply|process)|as an ai\b)/i;

/** The beginning of an answer without entities that sounds like a refusal; null where it does not. */
export function refusalIn(text: string): string | null {
  const beginning = text.trim().slice(0, 300);
  return refusals.test(beginning) ? preview(beginning, 60) : null;
}

/** Whether anything but a fence and punctuation follows. */
export function hasRest(text: string): boolean {
  return /[\p{L}\p{N}{[]/u.test(text);
}
