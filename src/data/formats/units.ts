import type { Range } from '../types.ts';

/** What offsets count: UTF-16 code units as JavaScript, or code points (characters) as Python. They differ after an emoji. */
export type OffsetUnit = 'utf-16' | 'code-points';

/** Turns offsets in code points into UTF-16; those outside the text stay outside. Free for texts where both are the same. */
export function toUtf16(text: string): (offset: number) => number {
  if (!hasPairs(text)) return (offset) => offset;
  const starts: number[] = [];
  for (let at = 0; at < text.length; at += text.codePointAt(at)! > 0xffff ? 2 : 1) starts.push(at);
  starts.push(text.length);
  return (offset) => starts[offset] ?? (offset < 0 ? offset : text.length + offset - (starts.length - 1));
}

/** The way back; an offset inside a character counts as its beginning. */
export function toCodePoints(text: string): (offset: number) => number {
  if (!hasPairs(text)) return (offset) => offset;
  const points = new Uint32Array(text.length + 1);
  let [at, point] = [0, 0];
  while (at < text.length) {
    const wide = text.codePointAt(at)! > 0xffff;
    points[at] = point;
    if (wide) points[at + 1] = point;
    at += wide ? 2 : 1;
    point++;
  }
  points[text.length] = point;
  return (offset) => points[offset] ?? offset;
}

export function hasPairs(text: string): boolean {
  return /[\ud800-\udbff][\udc00-\udfff]/.test(text);
}

/** Whether an offset falls between the two halves of a character that takes two UTF-16 code units. */
export function insidePair(text: string, offset: number): boolean {
  return offset > 0 && isHigh(text.charCodeAt(offset - 1)) && isLow(text.charCodeAt(offset));
}

/** The smallest range around a range that cuts no character in two. */
export function wholeCharacters(text: string, { start, end }: Range): Range {
  return { start: insidePair(text, start) ? start - 1 : start, end: insidePair(text, end) ? end + 1 : end };
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
