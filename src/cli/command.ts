import type { Args } from './args.ts';
import type { Terminal } from './terminal/terminal.ts';

/** 0 done, 1 failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** One option of a command, from which parsing and help are made. */
export interface Option {
  /** Long name without dashes. */
  readonly name: string;
  /** What stands for its value in the help, e.g. `F` or `N`; null for a switch. */
  readonly value: string | null;
  readonly text: string;
  /** May be given several times, and take several values after its name. */
  readonly many?: boolean;
  /** What holds where it is not given, as the help says it. */
  readonly fallback?: string;
}

/** One command of `vermeil`: an entry of the table in `commands.ts`. */
export interface Command {
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** What stands after the name in the usage line. */
  readonly usage: string;
  /** More for the help of this command, in paragraphs. */
  readonly about?: readonly string[];
  /** How many words may stand without an option's name: [least, most]. */
  readonly positionals: readonly [number, number];
  readonly options: readonly Option[];
  readonly examples: readonly string[];
  run(args: Args, terminal: Terminal): Promise<ExitCode>;
}

/** Options that every command has. */
export const commonOptions: readonly Option[] = [
  { name: 'json', value: null, text: 'print one machine-readable object on stdout; all else goes to stderr' },
  { name: 'help', value: null, text: 'show this help' },
];
