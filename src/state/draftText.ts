import type { FieldKind } from '../run/fieldTable.ts';
import { unique } from './unique.ts';

const partsOf = (text: string) => text.split(/[\s,;]+/).filter((part) => part !== '');
const isNatural = (part: string) => /^\d{1,9}$/.test(part);

/** Seeds as a person writes them: whole numbers from 0, between commas or spaces. null where one is none. */
export function seedsOf(text: string): readonly number[] | null {
  const parts = partsOf(text);
  return parts.length > 0 && parts.every(isNatural) ? unique(parts.map(Number)) : null;
}

/** Gold sizes as a person writes them: whole numbers from 0 and `all`, which is null; all of it where nothing is written. */
export function goldSizesOf(text: string): readonly (number | null)[] | null {
  const parts = partsOf(text.toLowerCase());
  if (parts.length === 0) return [null];
  return parts.every((part) => part === 'all' || isNatural(part))
    ? unique(parts.map((part) => (part === 'all' ? null : Number(part))))
    : null;
}

/** The sizes as text that `goldSizesOf` reads; empty for all of the gold alone. */
export function goldSizesText(sizes: readonly (number | null)[]): string {
  return sizes.every((size) => size === null) ? '' : sizes.map((size) => size ?? 'all').join(', ');
}

/** What a person typed, as the value that it stands for; what cannot be read stays text, which no range allows. */
export function valueOf(kind: FieldKind, text: string): unknown {
  if (kind.kind === 'switch') return text === 'true';
  if (kind.kind !== 'number') return text;
  if (text === '') return kind.none === undefined ? text : null;
  const value = Number(text.replace(',', '.'));
  return Number.isNaN(value) ? text : value;
}
