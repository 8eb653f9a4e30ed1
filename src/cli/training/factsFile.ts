import { join } from 'node:path';
import type { DataFacts } from '../../run/experiment/facts.ts';
import { decodeFacts, factsName } from '../../run/experiment/factsFile.ts';
import { exists, readJson, writeWhole } from '../files/files.ts';
import { readable } from './runFolder.ts';

const nameOf = (out: string) => join(out, factsName);

/** Keeps what a later comparison has to know of the data: sizes, overlaps, who made the labels, the teacher's own scores. */
export async function writeFacts(out: string, facts: DataFacts): Promise<void> {
  await writeWhole(nameOf(out), `${JSON.stringify(facts, null, 1)}\n`);
}

/** Null where the folder has none. Throws `file-unreadable`. */
export async function readFacts(out: string): Promise<DataFacts | null> {
  const path = nameOf(out);
  return (await exists(path)) ? readable(path, decodeFacts(await readJson(path))) : null;
}
