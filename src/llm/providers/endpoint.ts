import { AppError } from '../../core/errors.ts';
import type { HttpProvider, TeacherSettings } from './provider.ts';
import { holdsKey, redactKeyLike } from './redact.ts';

/** Names of parameters in an address that hold keys; an address ends up in logs, histories and stores. */
const secretParameter = /[?&](?:api[-_]?key|key|token|access[-_]?token)=/i;

/** Whether an address carries a key in its query, or a name with a password. */
export function hasSecret(address: string): boolean {
  return secretParameter.test(address) || /^\s*https?:\/\/[^/?#]*@/i.test(address);
}

/** The base address that a person typed, without a slash at its end. Throws `config-invalid`. */
export function baseOf(endpoint: string): string {
  const invalid = (range: string) =>
    new AppError('config-invalid', range, { field: 'endpoint', value: endpoint === '' ? 'empty' : 'this', range });
  let url;
  try {
    url = new URL(endpoint.trim());
  } catch {
    throw invalid('an address such as http://localhost:11434/v1');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid('an address that begins with http');
  if (url.username !== '' || url.password !== '') throw invalid('an address without a name or password in it');
  if (secretParameter.test(url.search)) throw invalid('an address without the key, which goes in its own field');
  if (url.hash !== '') throw invalid('an address without a “#”');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}${url.search}`;
}

/** An address under a base address, whose query stays and may grow. */
export function under(endpoint: string, path: string, query: Readonly<Record<string, string>> = {}): string {
  const url = new URL(baseOf(endpoint));
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** Throws `config-invalid` for settings that a provider cannot be asked with, or that hold the key. */
export function checkSettings(provider: HttpProvider, settings: TeacherSettings, key: string): void {
  const invalid = (field: string, value: string, range: string) =>
    new AppError('config-invalid', `${field}: ${range}`, { field, value, range });
  baseOf(settings.endpoint);
  if (settings.model.trim() === '') throw invalid('model', 'empty', 'the name of a model of this provider');
  if (provider.needsKey && key === '') throw invalid('key', 'empty', `the key of ${provider.name}`);
  if (/[^\x21-\x7e]/.test(key)) throw invalid('key', 'this', 'letters, digits and signs without blanks or line breaks');
  if (provider.needsMaxTokens && settings.maxTokens === null)
    throw invalid('most tokens', 'empty', `a whole number from 1, which ${provider.name} demands`);
  const { maxTokens } = settings;
  if (maxTokens !== null && !(Number.isInteger(maxTokens) && maxTokens >= 1))
    throw invalid('most tokens', String(maxTokens), 'a whole number from 1');
  refuseKeys(settings, [key]);
}

/** Throws `config-invalid` for settings that hold one of the keys, or what looks like one: settings are stored and written into files. */
export function refuseKeys({ endpoint, model, extra }: TeacherSettings, keys: readonly string[]): void {
  for (const [field, text] of Object.entries({ endpoint, model, 'extra fields': JSON.stringify(extra) })) {
    if (redactKeyLike(text) === text && !holdsKey(text, keys)) continue;
    const range = 'free of any key: what stands there is stored';
    throw new AppError('config-invalid', `${field}: ${range}`, { field, value: 'this', range });
  }
}
