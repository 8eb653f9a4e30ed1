import { join } from 'node:path';
import type { DataFacts } from '../../run/experiment/facts.ts';
import { exists, readJson, writeWhole } from '../files/files.ts';

const nameOf = (out: string) => join(out, 'facts.json');

/** Keeps what a later comparison has to know of the data: sizes, overlaps, who made the labels, the teacher's own scores. */
export async function writeFacts(out: string, facts: DataFacts): Promise<void> {
  await writeWhole(nameOf(out), `${JSON.stringify(facts, null, 1)}\n`);
}

/** Null where the folder has none. */
export async function readFacts(out: string): Promise<DataFacts | null> {
  // Our own file, written whole.
  return (await exists(nameOf(out))) ? ((await readJson(nameOf(out))) as DataFacts) : null;
}
