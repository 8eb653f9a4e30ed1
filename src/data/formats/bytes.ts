import type { Finding } from '../types.ts';

/** Bytes as text in parts; text ends where a line ends, or where a block was full. */
export interface Decoder {
  push(bytes: Uint8Array): string;
  end(): string;
  /** What had to be changed, in order of lines; grows as text is given out. */
  readonly findings: readonly Finding[];
  /** How the bytes so far were read. */
  encoding(): Encoding;
}

export type Encoding = 'UTF-8' | 'UTF-16' | 'UTF-8, some lines Latin-1';

/** Bytes that are put together before they are decoded: fewer, larger parts keep long lines cheap. */
const blockBytes = 1 << 20;

/**
 * UTF-8 or UTF-16 as text, the byte order mark taken off. UTF-16 is told by its mark, or by zero bytes in every second
 * place. A line that is not UTF-8 is read as Latin-1 (Windows-1252, as browsers have it), with a warning: files put
 * together from several sources hold both.
 */
export function createDecoder(): Decoder {
  const findings: Finding[] = [];
  let held: Uint8Array = new Uint8Array(0);
  let utf16: TextDecoder | null = null;
  let line = 1;
  let first = true;

  function decode(block: Uint8Array, last: boolean): string {
    if (first) {
      const name = utf16Of(block);
      if (name !== null) utf16 = new TextDecoder(name);
    }
    const text = utf16 !== null ? utf16.decode(block, { stream: !last }) : decodeUtf8(block);
    const plain = first && utf16 === null ? text.replace(/^\ufeff/, '') : text;
    first = false;
    return plain;
  }

  function decodeUtf8(block: Uint8Array): string {
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(block);
      line += countLines(block);
      return text;
    } catch {
      const { text, wrong } = decodeByLine(block, line);
      const message = 'This is not UTF-8; it was read as Latin-1.';
      for (const at of wrong) findings.push({ code: 'decoded-as-latin-1', severity: 'warning', line: at, message });
      line += countLines(block);
      return text;
    }
  }

  return {
    push(bytes) {
      held = joined(held, bytes);
      if (held.length < blockBytes) return '';
      const stop = cutBefore(held);
      const block = held.subarray(0, stop);
      held = held.slice(stop);
      return decode(block, false);
    },
    end() {
      const block = held;
      held = new Uint8Array(0);
      return decode(block, true);
    },
    findings,
    encoding() {
      if (utf16 !== null) return 'UTF-16';
      return findings.length > 0 ? 'UTF-8, some lines Latin-1' : 'UTF-8';
    },
  };
}

/** Text of a whole file, see `createDecoder`. */
export function decodeBytes(bytes: Uint8Array): { text: string; findings: readonly Finding[] } {
  const decoder = createDecoder();
  return { text: decoder.push(bytes) + decoder.end(), findings: decoder.findings };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** By the byte order mark, or by zeros: ASCII in UTF-16 has them in every second place, UTF-8 text has none. */
function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const head = bytes.subarray(0, 512);
  const zeros = [0, 0];
  head.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]! += 1;
  });
  const many = (count: number) => head.length >= 8 && count > head.length / 5;
  if (many(zeros[1]!) && zeros[0] === 0) return 'utf-16le';
  return many(zeros[0]!) && zeros[1] === 0 ? 'utf-16be' : null;
}

/** After the last line end, else before the last character's first byte: where a block can be cut. */
function cutBefore(bytes: Uint8Array): number {
  // LF alone: a CR might be the first half of CR LF, and in UTF-16 the decoder keeps what is half by itself.
  const end = bytes.lastIndexOf(10);
  if (end >= 0) return end + 1;
  let cut = bytes.length;
  for (let back = 1; back <= 4; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xc0) cut = bytes.length - back;
    if (byte < 0x80 || byte >= 0xc0) break;
  }
  return cut;
}

function endsLine(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 10 || (bytes[at] === 13 && bytes[at + 1] !== 10);
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at++) if (endsLine(bytes, at)) count++;
  return count;
}

/** CR and LF never stand inside a UTF-8 sequence, so that each line can be decoded by itself. */
function decodeByLine(bytes: Uint8Array, firstLine: number): { text: string; wrong: number[] } {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const latin1 = new TextDecoder('windows-1252');
  const wrong: number[] = [];
  const parts: string[] = [];
  let line = firstLine;
  let start = 0;
  for (let at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && !endsLine(bytes, at)) continue;
    const part = bytes.subarray(start, at + 1);
    try {
      parts.push(utf8.decode(part));
    } catch {
      parts.push(latin1.decode(part));
      wrong.push(line);
    }
    start = at + 1;
    line++;
  }
  return { text: parts.join(''), wrong };
}
