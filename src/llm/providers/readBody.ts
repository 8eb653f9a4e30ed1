import { isRecord } from '../../core/decode.ts';
import type { ProviderError } from './provider.ts';

/** The member of an object, undefined for anything that is none. */
export function member(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A count of tokens: a whole number from 0, else null. */
export function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}

/** Names in a list of objects, empty ones left out; null where it is no list. */
export function namesOf(list: unknown, name: string): readonly string[] | null {
  return Array.isArray(list) ? list.map((item) => textOf(member(item, name))).filter(Boolean) : null;
}

/** `Please try again in 1.2s`, `in 350ms`, `in 1m30s`: the wait in OpenAI's message, whose header pages cannot read. */
export function waitInMessage(message: string): number | null {
  const found = /try again in (?:(\d+)m(?!s))?(?:([\d.]+)(ms|s))?/i.exec(message);
  if (found === null || (found[1] === undefined && found[2] === undefined)) return null;
  const rest = Number(found[2] ?? 0) * (found[3] === 'ms' ? 1 : 1000);
  const ms = Number(found[1] ?? 0) * 60_000 + rest;
  return Number.isFinite(ms) ? ms : null;
}

/** What a body says that is in no known form. */
export function unknownError(message: string): ProviderError {
  return { message, kinds: [], parameter: '', retryAfterMs: null };
}
