import { parseJson } from '../core/decode.ts';
import { AppError } from '../core/errors.ts';
import { defaultConfig, type RunConfig } from './config.ts';
import { decodeConfig, fields } from './fields.ts';

/** The member that marks a query as a config; its value is the form's version. */
const mark = 'config';
const version = '1';

/**
 * A config as the query of an address: what differs from the defaults, a member each, numbers and the like as JSON. A later
 * version with other defaults reads it as its own defaults with these changes.
 */
export function configQuery(config: RunConfig): string {
  const query = new URLSearchParams({ [mark]: version });
  for (const { name } of fields) {
    const value = config[name];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (JSON.stringify(value) !== JSON.stringify(defaultConfig[name])) query.set(name, text);
  }
  return query.toString();
}

/** The config in a query; null where it holds none. Throws `config-invalid` that names what cannot be read. */
export function configOfQuery(query: string): RunConfig | null {
  const given = new URLSearchParams(query);
  const form = given.get(mark);
  if (form === null) return null;
  if (form !== version) {
    const detail = {
      field: mark,
      value: form,
      range: `${version}: the link was made by a newer Vermeil, or cut short`,
    };
    throw new AppError('config-invalid', `form ${form} of a link with settings`, detail);
  }
  given.delete(mark);
  // What is no JSON is a name, or nonsense that its field refuses.
  const members: Record<string, unknown> = {};
  given.forEach((text, name) => {
    const json = parseJson(text);
    members[name] = json.ok ? json.value : text;
  });
  return decodeConfig(members);
}

/** Whether something out of a JSON file is meant as a config: most of its members are settings. */
export function isConfigLike(value: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(value);
  const known = names.filter((name) => fields.some((field) => field.name === name));
  return known.length > names.length / 2;
}
