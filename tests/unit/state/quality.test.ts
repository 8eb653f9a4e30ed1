import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { Role, Sentence } from '../../../src/data/types.ts';
import type { JobProgress } from '../../../src/llm/job/types.ts';
import { shippedPrompts } from '../../../src/llm/prompts/shipped.ts';
import type { Recipe } from '../../../src/state/annotateRecipe.ts';
import { DatasetsState } from '../../../src/state/datasets.svelte.ts';
import { examplesOf } from '../../../src/state/quality.ts';
import { QualityState } from '../../../src/state/quality.svelte.ts';
import { costsOf } from '../../../src/state/qualityJobs.ts';
import type { Services } from '../../../src/state/services.ts';
import { TeacherState } from '../../../src/state/teacher.svelte.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { readSampleFile } from '../llm/support/sampleFile.ts';
import { sentence } from './sentences.ts';

let number = 0;
async function opened() {
  let id = 0;
  const database = await openDatabase({ name: `quality ${String(number++)}` });
  const services = {
    ...{ database, client: {}, now: () => 1, newId: () => `d${String(id++)}` },
    fetchText: (path: string) => Promise.resolve(readSampleFile(path.split('/').at(-1))),
  } as unknown as Services;
  const datasets = new DatasetsState(services);
  return {
    services,
    datasets,
    quality: new QualityState(services, datasets, { list: [] }, new TeacherState(services)),
  };
}
const dataset = (name: string, role: Role, sentences: readonly Sentence[]) => {
  return { name, role, sentences, findings: [], source: { fileName: '', format: '' }, notice: '' };
};
const recipe: Recipe = {
  ...{ purpose: 'annotate', sentences: [], template: shippedPrompts.standard, labels: ['PER'], definitions: {} },
  ...{ examples: [], shown: null, samples: 1, teacher: { kind: 'endpoint', provider: 'openai' } },
};
/** “Ann 0 sings”, …: of `count` sentences all begin with a person, or those from `wrongFrom` on with a place. */
const people = (count: number, wrongFrom = count) =>
  Array.from({ length: count }, (_, i) => sentence(`Ann ${String(i)} sings`, [[0, 3, i < wrongFrom ? 'PER' : 'LOC']]));

test('the sample’s recorded teacher is judged without any data in the project', async () => {
  const { quality } = await opened();
  expect([quality.probe, quality.shown, quality.rivals]).toEqual([null, null, null]);
  await quality.look();
  // The figures of the sample's own README: span F1 of both prompts against the reference on the first 200.
  expect(quality.judged.map(({ labelling, gate }) => [labelling.id, gate.all.f1.value.toFixed(3)])).toEqual([
    ['recorded-standard', '0.979'],
    ['recorded-cot', '0.975'],
  ]);
  expect(quality.shown?.gate).toMatchObject({ verdict: 'passed', sentences: 200, unanswered: [] });
  expect(quality.rivals?.words).toMatch(/^On 200 gold sentences there is no evidence that “standard prompt” is better/);
  const { a, b, both } = quality.rivals!.agreement!.spans;
  expect([a, b, both]).toEqual([241, 241, 239]);
  expect(quality.rivals?.differing).toHaveLength(2);
  expect(quality.warnings).toEqual([]);
});

test('beside a person’s own data the recorded teacher is not taken for theirs', async () => {
  const { datasets, quality } = await opened();
  const own = people(3).map((one) => ({ ...one, spans: null }));
  await datasets.add([dataset('own text', 'unlabelled', own), dataset('gold', 'gold', people(2))]);
  await quality.look();
  expect([quality.labellings, quality.probe, quality.shown]).toEqual([[], null, null]);
});

test('silver below the threshold warns, and the threshold is kept', async () => {
  const { services, datasets, quality } = await opened();
  await datasets.add([
    dataset('gold', 'gold', people(40)),
    // Copies with other ids, in another order, and sentences that gold lacks.
    dataset(
      'bad',
      'silver',
      [...people(60, 30)].reverse().map((one) => ({ ...one, id: `copy of ${one.id}` })),
    ),
    dataset('good', 'silver', people(40)),
    dataset('elsewhere', 'silver', [sentence('Bob', [])]),
  ]);
  expect(quality.judged.map(({ labelling, gate }) => [labelling.name, gate.verdict, gate.all.f1.value])).toEqual([
    ['bad', 'below', 0.75],
    ['good', 'passed', 1],
  ]);
  expect(quality.warnings.map(({ labelling }) => labelling.name)).toEqual(['bad']);
  expect(quality.warnings[0]?.words).toContain('F1 is 0.750');
  await quality.setThreshold(0.7);
  expect(quality.warnings).toEqual([]);
  const again = new QualityState(services, datasets, { list: [] }, new TeacherState(services));
  await again.load();
  expect(again.threshold).toBe(0.7);
});

test('a mistake names the sentence in both datasets', async () => {
  const { datasets, quality } = await opened();
  const silver = people(3, 2).map((one) => ({ ...one, id: `copy of ${one.id}` }));
  await datasets.add([dataset('gold', 'gold', people(3)), dataset('silver', 'silver', silver)]);
  const examples = examplesOf(quality.probe!, quality.shown!, 'label');
  expect(examples.map(({ sentence: { id }, foundId, found }) => [id, foundId, found[0]?.label])).toEqual([
    ['Ann 2 sings', 'copy of Ann 2 sings', 'LOC'],
  ]);
  expect(examplesOf(quality.probe!, quality.shown!, 'missed')).toEqual([]);
});

test('gold that was not asked about is no failure; an unlabelled answer is', async () => {
  const { datasets, quality } = await opened();
  const silver = people(32).map((one, i) => (i === 0 ? { ...one, spans: null } : one));
  await datasets.add([dataset('gold', 'gold', people(100)), dataset('silver', 'silver', silver)]);
  expect(quality.shown?.gate).toMatchObject({ sentences: 31, unanswered: ['Ann 0 sings'], verdict: 'passed' });
});

test('what a sentence has cost: only what this job paid, all its answers together; nothing without a price', () => {
  const job = (spentUsd: number | null, answered: number, reused: number, samples: number) => ({
    progress: { spentUsd, answered, reused } as JobProgress,
    source: { datasetId: 'd', recipe: { ...recipe, samples } },
  });
  expect(costsOf(job(0.6, 40, 10, 1))).toEqual([0.02]);
  expect(costsOf(job(0.6, 40, 10, 5))[0]).toBeCloseTo(0.1, 12);
  expect(costsOf(job(null, 40, 0, 1))).toEqual([]);
  expect(costsOf(job(0, 10, 10, 1))).toEqual([]);
});

test('of labellings that say the same on the probe one is shown; a mended one is another', async () => {
  const { datasets, quality } = await opened();
  await datasets.add([
    dataset('gold', 'gold', people(5)),
    dataset('first', 'silver', people(5)),
    dataset('second', 'silver', people(5)),
  ]);
  expect(quality.judged).toHaveLength(1);
  const { sentences } = datasets.find('d2')!;
  datasets.show('d2', [{ at: 0, before: sentences[0]!, after: { ...sentences[0]!, spans: [] } }]);
  expect(quality.judged.map(({ labelling }) => labelling.name)).toEqual(['first', 'second']);
  quality.shownId = 'd2';
  expect([quality.shown?.labelling.name, quality.rival?.labelling.name]).toEqual(['second', 'first']);
  expect(quality.rivals?.comparison).toMatchObject({ sentences: 5, f1: { a: 1 } });
});
