import { join } from 'node:path';
import type { RunData } from '../../engine/train/prepare.ts';
import { sampleFiles, sampleOf, type Sample } from '../../llm/sample.ts';
import { readText } from '../files/files.ts';
import { shippedSample } from '../files/package.ts';

/** Reads the corpus that comes with Vermeil and grounds the teacher's recorded answers. */
export async function readSample(): Promise<Sample> {
  const texts = await Promise.all(
    sampleFiles.map(async (name) => [name, await readText(join(shippedSample, name))] as const),
  );
  return sampleOf(Object.fromEntries(texts));
}

/** The sample as the data of a run; with a limit only the first sentences of each part. */
export function sampleData({ silver, gold, dev, test }: Sample, limit: number | null): RunData {
  const part = (sentences: RunData['gold']) => (limit === null ? sentences : sentences.slice(0, limit));
  return { silver: part(silver), gold: part(gold), dev: part(dev), test: part(test) };
}
