import { asJson, isRecord, preview } from '../../core/decode.ts';
import type { Range, Span } from '../types.ts';
import type { Sink } from './format.ts';
import { hasPairs, insidePair, toUtf16, wholeCharacters, type OffsetUnit } from './units.ts';

/** A span as a file gives it, its members not yet looked at; `quoted` is the text that the file says it covers. */
export interface RawSpan {
  readonly start: unknown;
  readonly end: unknown;
  readonly label: unknown;
  readonly quoted?: unknown;
  /** The member as it stands in the file, to be named where it is wrong. */
  readonly value: unknown;
}

/** What programs call the members of a span. */
const names = {
  start: ['start', 'start_offset', 'begin', 'start_char'],
  end: ['end', 'end_offset', 'stop', 'end_char'],
  label: ['label', 'type', 'entity_group', 'entity', 'tag'],
  quoted: ['text', 'word'],
} as const;

/** A span as files have it: `[start, end, label]`, or an object by its usual names, see `names`. */
export function rawSpan(value: unknown): RawSpan {
  if (Array.isArray(value)) {
    const [start, end, label] = value as readonly unknown[];
    return { start, end, label, value };
  }
  const member = (of: keyof typeof names) =>
    isRecord(value) ? names[of].map((name) => value[name]).find((found) => found !== undefined) : undefined;
  return { start: member('start'), end: member('end'), label: member('label'), quoted: member('quoted'), value };
}

/** How a format counts: `fixed` by its definition, else as its own files show. */
export interface Counting {
  readonly unit: OffsetUnit;
  readonly fixed: boolean;
}

type Placed = Span & { readonly number: number };

/**
 * Spans of a text in UTF-16. Those that lack a label or whole-number offsets, or lie outside the text, are left out with
 * an error each. Where counting in code units and in code points gives different places, the text that the file quotes
 * decides, then which of the two follows the borders of words, then `counting.unit`.
 */
export function spansOfRaw(
  text: string,
  raw: readonly RawSpan[],
  line: number,
  counting: Counting,
  sink: Sink,
): Span[] {
  const placed = raw.flatMap((span, i) => decoded(span, i + 1, line, sink));
  const unit = counting.fixed || !hasPairs(text) ? counting.unit : unitOf(text, placed, raw, counting.unit);
  if (unit !== counting.unit) {
    const names: Readonly<Record<OffsetUnit, string>> = { 'utf-16': 'UTF-16 code units', 'code-points': 'code points' };
    const message = `Offsets count ${names[unit]} here, not ${names[counting.unit]}: only so do they fit the text.`;
    sink.find('offsets-converted', 'note', line, message);
  }
  return inUnit(text, placed, unit).flatMap(({ number, ...span }) => inText(text, span, number, line, sink));
}

function decoded({ start, end, label, value }: RawSpan, number: number, line: number, sink: Sink): Placed[] {
  const wrong = !isOffset(start) ? 'start' : !isOffset(end) ? 'end' : null;
  const name = typeof label === 'string' ? label.trim() : '';
  if (wrong === null && name !== '') return [{ start: Number(start), end: Number(end), label: name, number }];
  const lacks = wrong === null ? 'text as “label”' : `whole number as “${wrong}”`;
  const message = `Span ${String(number)} has no ${lacks}: ${preview(value)}. The span was left out.`;
  sink.find('missing-field', 'error', line, message);
  return [];
}

/** A whole number, or one in quotes as some programs write it. */
function isOffset(value: unknown): boolean {
  return Number.isSafeInteger(value) || (typeof value === 'string' && /^\d{1,15}$/.test(value));
}

function inUnit(text: string, spans: readonly Placed[], unit: OffsetUnit): Placed[] {
  const place = unit === 'utf-16' ? (offset: number) => offset : toUtf16(text);
  return spans.map((span) => ({ ...span, start: place(span.start), end: place(span.end) }));
}

function unitOf(text: string, placed: readonly Placed[], raw: readonly RawSpan[], usual: OffsetUnit): OffsetUnit {
  const other: OffsetUnit = usual === 'utf-16' ? 'code-points' : 'utf-16';
  const rate = (unit: OffsetUnit) => {
    const spans = inUnit(text, placed, unit);
    const quoted = spans.filter((span) => raw[span.number - 1]!.quoted === text.slice(span.start, span.end)).length;
    const bordered = spans.filter((span) => span.end <= text.length && onBorders(text, span)).length;
    return { quoted, bordered };
  };
  const [a, b] = [rate(usual), rate(other)];
  return b.quoted > a.quoted || (b.quoted === a.quoted && b.bordered > a.bordered) ? other : usual;
}

/** Whether neither end stands between two letters, nor at a blank inside. */
function onBorders(text: string, { start, end }: Range): boolean {
  const letters = (at: number) => /^[\p{L}\p{N}]{2}$/u.test(text.slice(at - 1, at + 1));
  const blank = (at: number) => /^\s$/.test(text.charAt(at));
  return !letters(start) && !letters(end) && !blank(start) && !blank(end - 1) && !insidePair(text, start);
}

function inText(text: string, span: Span, number: number, line: number, sink: Sink): Span[] {
  const { start, end, label } = span;
  const range = `${asJson(start)} to ${asJson(end)}`;
  if (start < 0 || end > text.length || start >= end) {
    const message = `Span ${String(number)} runs from ${range} in a text of ${String(text.length)} characters. The span was left out.`;
    sink.find('offset-outside', 'error', line, message);
    return [];
  }
  if (!insidePair(text, start) && !insidePair(text, end)) return [span];
  const message = `Span ${String(number)} (${range}) cuts a character that takes two UTF-16 code units; it was widened to the whole character.`;
  sink.find('offset-in-character', 'warning', line, message);
  return [{ ...wholeCharacters(text, span), label }];
}
