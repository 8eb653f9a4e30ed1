import type { Writable } from 'node:stream';

/** Where a command speaks: its answer goes to stdout, everything else to stderr. */
export interface Terminal {
  /** Gives the answer of the command: the text for a person, or the object where `--json` was asked for. */
  answer(text: string, json: unknown): void;
  /** One line beside the answer. */
  say(line: string): void;
  /** Shows how far the work is: one line that changes on a terminal, a line every few seconds elsewhere. */
  progress(line: string): void;
  /** Ends the changing line, leaving its last state to be read. */
  endProgress(): void;
}

/** Milliseconds between two lines of progress where lines cannot change in place. */
const quietMs = 5000;
/** Milliseconds between two changes of the line on a terminal. */
const liveMs = 100;

export interface TerminalOptions {
  readonly out: Writable;
  readonly err: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly json: boolean;
  now(): number;
}

export function createTerminal({ out, err, json, now }: TerminalOptions): Terminal {
  const live = err.isTTY === true;
  let shown = false;
  let last: string | null = null;
  let lastAt = -Infinity;
  const clear = () => {
    if (shown) err.write('\r\u001b[2K');
    shown = false;
  };
  const draw = (line: string) => {
    err.write(`\r\u001b[2K${line.slice(0, (err.columns ?? 100) - 1)}`);
    shown = true;
  };
  return {
    answer(text, object) {
      clear();
      out.write(json ? `${JSON.stringify(object)}\n` : text.endsWith('\n') ? text : `${text}\n`);
    },
    say(line) {
      const again = shown ? last : null;
      clear();
      err.write(`${line}\n`);
      if (again !== null) draw(again);
    },
    progress(line) {
      last = line;
      if (now() - lastAt < (live ? liveMs : quietMs)) return;
      lastAt = now();
      if (live) draw(line);
      else err.write(`${line}\n`);
    },
    endProgress() {
      if (live && shown && last !== null) {
        draw(last);
        err.write('\n');
      }
      shown = false;
      last = null;
      lastAt = -Infinity;
    },
  };
}
