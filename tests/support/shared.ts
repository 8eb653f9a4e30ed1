import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Text of a file of the shared folder, which holds data that does not ship: at VERMEIL_SHARED, or `shared` beside the
 * checkout. Null, with a word on the console, where it is absent: the test is then to be skipped.
 */
export function readShared(path: string): string | null {
  const folder = process.env['VERMEIL_SHARED'] ?? fileURLToPath(new URL('../../../shared', import.meta.url));
  const file = `${folder}/${path}`;
  if (existsSync(file)) return readFileSync(file, 'utf8');
  console.warn(`skipped: there is no ${path} in the shared folder (set VERMEIL_SHARED)`);
  return null;
}
