import type { HeldDataset, NewDataset } from './datasets.svelte.ts';

export const sampleName = 'Presidential speeches';

/** Folder of the sample beside the app. */
export const sampleFolder = 'samples/sotu/';

/** The work of the default run on it: two passes over 1,000 sentences and four over 200, before it is loaded. */
export const sampleWork = { steps: 178, tokensPerSentence: 28 };

/** What marks a dataset as the sample's. */
const format = 'sample';

export function isSample(dataset: Pick<HeldDataset, 'source'>): boolean {
  return dataset.source.format === format;
}

/** The sample's four datasets, the silver one from the teacher's recorded answers. */
export async function loadSample(fetchText: (path: string) => Promise<string>): Promise<readonly NewDataset[]> {
  const { sampleFiles, sampleOf } = await import('../llm/sample.ts'); // reading answers is not for the first page
  const texts = await Promise.all(
    sampleFiles.map(async (name) => [name, await fetchText(sampleFolder + name)] as const),
  );
  const { silver, gold, dev, test, notice } = sampleOf(Object.fromEntries(texts));
  const dataset = (
    role: 'silver' | 'gold' | 'dev' | 'test',
    name: string,
    fileName: string,
    sentences: typeof gold,
  ) => ({
    name,
    role,
    sentences,
    findings: [],
    source: { fileName, format },
    notice,
  });
  return [
    dataset('silver', 'speeches, teacher', 'answers-standard.jsonl', silver),
    dataset('gold', 'speeches, reference', 'gold-train.jsonl', gold),
    dataset('dev', 'speeches, dev', 'gold-dev.jsonl', dev),
    dataset('test', 'speeches, test', 'gold-test.jsonl', test),
  ];
}
