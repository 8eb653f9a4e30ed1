import { messageOf } from './errors.ts';

/** What decoding outside input gave: the value, or why there is none. */
export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** JSON text as unknown data; never throws. */
export function parseJson(text: string): Decoded<unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

/** Whether a value is a JSON object: neither null nor a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value in a few words, to be named in a message: text as it is, anything else as JSON. */
export function preview(value: unknown, length = 40): string {
  const text = typeof value === 'string' ? value : asJson(value);
  const characters = Array.from(text.replace(/\s+/g, ' ').trim());
  return characters.length <= length ? characters.join('') : `${characters.slice(0, length - 1).join('')}…`;
}

/** JSON knows neither undefined nor functions; NaN and infinities it would call null. */
export function asJson(value: unknown): string {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return typeof value;
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}
