import { suggestion, usageError } from '../usage.ts';

/** The entry of a table that an option names. Throws `usage` with the nearest name. */
export function entryNamed<T>(option: string, name: string, table: Readonly<Record<string, T>>): T {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(table);
  throw usageError(`--${option} ${name} is not known.`, suggestion(name, names, `It is one of ${names.join(', ')}.`));
}
