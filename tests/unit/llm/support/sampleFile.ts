import { readFileSync } from 'node:fs';

/** Text of a file of the shipped sample. */
export function readSampleFile(name: string): string {
  return readFileSync(new URL(`../../../../public/samples/sotu/${name}`, import.meta.url), 'utf8');
}
