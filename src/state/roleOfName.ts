import type { Role } from '../data/types.ts';

/** What a file's name says about its role; gold where it says nothing. The person has the last word. */
export function roleOfName(fileName: string): Role {
  const name = fileName.toLowerCase();
  if (/silver|teacher|predicted|(^|[^a-z])llm([^a-z]|$)/.test(name)) return 'silver';
  if (/(^|[^a-z])(dev|valid|validation|val|testa)([^a-z]|$)/.test(name)) return 'dev';
  if (/(^|[^a-z])(test|testb|eval)([^a-z]|$)/.test(name)) return 'test';
  return 'gold';
}
