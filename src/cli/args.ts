import { parseArgs } from 'node:util';
import { commonOptions, type Command, type Option } from './command.ts';
import { suggestion, usageError } from './usage.ts';

/** The words after a command's name, checked against its options. */
export class Args {
  readonly positionals: readonly string[];
  readonly #options: readonly Option[];
  readonly #given: ReadonlyMap<string, readonly string[]>;

  constructor(
    options: readonly Option[],
    given: ReadonlyMap<string, readonly string[]>,
    positionals: readonly string[],
  ) {
    this.#options = options;
    this.#given = given;
    this.positionals = positionals;
  }

  /** Whether an option was given at all. */
  has(name: string): boolean {
    this.#known(name);
    return this.#given.has(name);
  }

  /** The last value given, null where there is none. */
  text(name: string): string | null {
    this.#known(name);
    return this.#given.get(name)?.at(-1) ?? null;
  }

  /** All values given, in order; the parts of `a,b` count for one each where `split` is set. */
  list(name: string, split = false): readonly string[] {
    this.#known(name);
    const values = this.#given.get(name) ?? [];
    return split ? values.flatMap((value) => value.split(',')).filter((value) => value !== '') : values;
  }

  /** The value as a number within the range, null where the option was not given. */
  number(name: string, { min = -Infinity, max = Infinity, whole = false } = {}): number | null {
    const text = this.text(name);
    return text === null ? null : numberOf(name, text, { min, max, whole });
  }

  /** The value of an option that the command cannot do without. */
  required(name: string, why: string): string {
    const text = this.text(name);
    if (text === null) throw usageError(`--${name} is missing.`, why);
    return text;
  }

  #known(name: string): void {
    if (!this.#options.some((option) => option.name === name)) throw new Error(`no option ${name} is declared`);
  }
}

/** Reads a number of the command line; a sentence names the option, the value and the range. */
export function numberOf(name: string, text: string, { min = -Infinity, max = Infinity, whole = false } = {}): number {
  const value = text.trim() === '' ? NaN : Number(text);
  const fits = Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value));
  if (fits) return value;
  const least = min === -Infinity ? '' : ` from ${String(min)}`;
  const most = max === Infinity ? '' : ` to ${String(max)}`;
  const kind = whole ? 'a whole number' : 'a number';
  throw usageError(
    `--${name} ${text} does not do.`,
    `Give --${name} ${kind}${least}${most}${least && !most ? ' up' : ''}.`,
  );
}

/**
 * Checks the words after a command's name. Options take their value as `--name value` or `--name=value`; one that may be
 * given several times also takes several words, where the command has no words of its own. Throws `usage`.
 */
export function parseWords(command: Command, words: readonly string[]): Args {
  const options = [...command.options, ...commonOptions];
  const types = options.map(
    ({ name, value }) => [name, { type: value === null ? 'boolean' : 'string', multiple: true }] as const,
  );
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(types),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  const [least, most] = command.positionals;
  let open: string[] | null = null;
  for (const token of tokens) {
    if (token.kind === 'option') {
      const option = optionOf(command, options, token.rawName, token.name);
      const values = given.get(option.name) ?? [];
      values.push(valueOf(option, token.value, token.inlineValue === true));
      given.set(option.name, values);
      open = option.many === true && most === 0 ? values : null;
    } else if (token.kind === 'positional') {
      if (open !== null) open.push(token.value);
      else positionals.push(token.value);
    } else {
      open = null;
    }
  }
  for (const option of options) {
    const count = given.get(option.name)?.length ?? 0;
    if (count > 1 && option.many !== true && option.value !== null) {
      throw usageError(`--${option.name} is given ${String(count)} times.`, 'Give it once.');
    }
  }
  if (!given.has('help') && (positionals.length < least || positionals.length > most)) {
    throw positionalError(command, positionals, given.size);
  }
  return new Args(options, given, positionals);
}

function optionOf(command: Command, options: readonly Option[], rawName: string, name: string): Option {
  const wanted = rawName === '-h' ? 'help' : name;
  const found =
    rawName.startsWith('--') || rawName === '-h' ? options.find((option) => option.name === wanted) : undefined;
  if (found !== undefined) return found;
  const names = options.map((option) => option.name);
  const otherwise = `See vermeil help ${command.name}.`;
  throw usageError(`vermeil ${command.name} has no option ${rawName}.`, suggestion(name, names, otherwise, '--'));
}

function valueOf(option: Option, value: string | undefined, inline: boolean): string {
  if (option.value === null) {
    if (inline) throw usageError(`--${option.name} takes no value.`, `Write --${option.name} alone.`);
    return 'true';
  }
  if (value === undefined || value === '' || (!inline && value.startsWith('--'))) {
    throw usageError(`--${option.name} needs a value.`, `Write --${option.name} ${option.value}.`);
  }
  return value;
}

function positionalError(command: Command, positionals: readonly string[], options: number): Error {
  const usage = `Usage: vermeil ${command.name} ${command.usage}`;
  const extra = positionals[command.positionals[1]];
  if (extra !== undefined)
    return usageError(`vermeil ${command.name} does not know what to do with "${extra}".`, usage);
  const what = positionals.length + options === 0 ? 'needs to be told what to read' : 'needs more file names';
  return usageError(`vermeil ${command.name} ${what}.`, usage);
}
