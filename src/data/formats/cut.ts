/** One record as it stands in a file: a line, a row of a table, an item of a JSON list. `line`, from 1, is where it begins. */
export interface Piece {
  readonly text: string;
  readonly line: number;
}

/** Cuts a text that comes in parts into records; the last one may be held until `end`. */
export interface Cutter {
  push(text: string): Piece[];
  end(): Piece[];
}

const lineEnd = /\r\n|\n|\r/g;

/** Lines, whichever of CR LF, LF and CR ends them. */
export function lineCutter(): Cutter {
  let held = '';
  let line = 1;
  return {
    push(text) {
      const all = held + text;
      const pieces: Piece[] = [];
      let from = 0;
      // A CR at the very end may be half of a CR LF.
      const stop = all.endsWith('\r') ? all.length - 1 : all.length;
      lineEnd.lastIndex = Math.max(0, held.length - 1);
      for (let end = lineEnd.exec(all); end !== null && end.index < stop; end = lineEnd.exec(all)) {
        pieces.push({ text: all.slice(from, end.index), line: line++ });
        from = end.index + end[0].length;
      }
      held = all.slice(from);
      return pieces;
    },
    end() {
      const last = held.endsWith('\r') ? held.slice(0, -1) : held;
      const blank = held === '';
      held = '';
      return blank ? [] : [{ text: last, line: line++ }];
    },
  };
}

export function piecesOf(cutter: Cutter, text: string): Piece[] {
  return [...cutter.push(text), ...cutter.end()];
}
