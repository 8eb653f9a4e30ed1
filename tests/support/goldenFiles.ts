import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ReadGolden } from './goldenModel.ts';

/** Reads below `tests/golden/` in Node. */
export const readGolden: ReadGolden = async (path) => {
  const bytes = await readFile(fileURLToPath(new URL(`../golden/${path}`, import.meta.url)));
  return new Uint8Array(bytes);
};
