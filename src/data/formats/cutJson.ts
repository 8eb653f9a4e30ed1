import type { Cutter, Piece } from './cut.ts';

const blank = /[\s\ufeff]/;

/**
 * Items of a JSON list, or whole JSON values one after another where the text does not begin with `[`. Only brackets and
 * strings are looked at, so that an item which is no JSON is cut out and left to the reader. What follows the list is a
 * record as well: nothing is passed over.
 */
export function jsonCutter(): Cutter {
  let held = '';
  /** Where scanning goes on in `held`, and where the open item begins there; −1 between items. */
  let [at, start] = [0, -1];
  let [line, startLine] = [1, 1];
  let depth = 0;
  let list: 'unknown' | 'open' | 'none' = 'unknown';
  let inString = false;

  /** Goes on to `stop`, looking one character ahead at most. */
  function scan(stop: number, pieces: Piece[]): void {
    const close = (end: number) => {
      const text = start < 0 ? '' : held.slice(start, end);
      // Between two commas there is nothing: an empty record would be no record.
      if (text !== '') pieces.push({ text, line: startLine });
      start = -1;
    };
    for (; at < stop; at++) {
      const character = held[at]!;
      if (character === '\n' || (character === '\r' && held[at + 1] !== '\n')) line++;
      if (inString) {
        if (character === '\\' && held[at + 1] !== '\n' && held[at + 1] !== '\r') at++;
        else if (character === '"') inString = false;
        continue;
      }
      if (blank.test(character)) continue;
      if (list === 'unknown') {
        list = character === '[' ? 'open' : 'none';
        if (list === 'open') continue;
      }
      if (depth === 0 && list === 'open' && (character === ',' || character === ']')) {
        close(at);
        if (character === ']') list = 'none';
        continue;
      }
      if (start < 0) [start, startLine] = [at, line];
      if (character === '"') inString = true;
      else if (character === '{' || character === '[') depth++;
      else if (character === '}' || character === ']') {
        depth = Math.max(0, depth - 1);
        if (depth === 0 && list === 'none') close(at + 1);
      }
    }
  }

  return {
    push(text) {
      const pieces: Piece[] = [];
      held += text;
      // The last character waits: it may be the first half of CR LF or of an escape.
      scan(held.length - 1, pieces);
      const from = Math.min(start < 0 ? at : start, held.length);
      held = held.slice(from);
      at -= from;
      if (start >= 0) start = 0;
      return pieces;
    },
    end() {
      const pieces: Piece[] = [];
      scan(held.length, pieces);
      const rest = start < 0 ? '' : held.slice(start);
      if (rest.trim() !== '') pieces.push({ text: rest, line: startLine });
      [held, at, start] = ['', 0, -1];
      return pieces;
    },
  };
}
