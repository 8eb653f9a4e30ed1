import type { Finding } from '../types.ts';

/** Text of a file; a line with bytes that are not UTF-8 is kept with U+FFFD in their place, and told. */
export function decodeBytes(bytes: Uint8Array): { text: string; findings: Finding[] } {
  const utf16 = utf16Of(bytes);
  if (utf16 !== null) return { text: new TextDecoder(utf16).decode(bytes), findings: [] };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), findings: [] };
  } catch {
    return decodeByLine(bytes);
  }
}

/** UTF-16 by its byte order mark, as some Windows editors save "Unicode". */
function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return null;
}

/** CR and LF never stand inside a UTF-8 sequence, so that each line can be decoded by itself. */
function decodeByLine(bytes: Uint8Array): { text: string; findings: Finding[] } {
  const fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const lossy = new TextDecoder('utf-8', { ignoreBOM: true });
  const findings: Finding[] = [];
  let text = '';
  let line = 1;
  let start = 0;
  for (let at = 0; at <= bytes.length; at++) {
    const ends = at === bytes.length || bytes[at] === 10 || (bytes[at] === 13 && bytes[at + 1] !== 10);
    if (!ends) continue;
    const part = bytes.subarray(start, at + 1);
    try {
      text += fatal.decode(part);
    } catch {
      text += lossy.decode(part);
      const message = 'Bytes that are not UTF-8 were replaced by “\ufffd”.';
      findings.push({ code: 'decoding-replaced', severity: 'warning', line, message });
    }
    start = at + 1;
    line++;
  }
  return { text: text.replace(/^\ufeff/, ''), findings };
}
