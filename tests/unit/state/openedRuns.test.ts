import { beforeEach, expect, test } from 'vitest';
import type { Sentence } from '../../../src/data/types.ts';
import { sourceDigest } from '../../../src/run/dataDigest.ts';
import type { App } from '../../../src/state/app.svelte.ts';
import { openedOf } from '../../../src/state/openedRuns.ts';
import type { StoredRun } from '../../../src/storage/runs.ts';
import { tinySentences } from '../../support/tinyData.ts';

const sentences = tinySentences(0, 3);
const none = { silver: [], gold: [], dev: [], test: [] };
const sources = { silver: sourceDigest([]), gold: sourceDigest([]), dev: sourceDigest([]) };

/** As storage gives it: another object each time. */
const read = (datasets: StoredRun['datasets']): StoredRun =>
  structuredClone({
    ...{ id: 'r', datasets, modelKept: true },
    record: { digests: { sources: { ...sources, test: sourceDigest(sentences) } } },
  }) as unknown as StoredRun;

let held: Readonly<Record<string, readonly Sentence[]>>;
let app: App;
/** What was opened is kept for an app. */
function begin(): void {
  held = {};
  app = {
    services: { database: { live: () => Promise.reject(new Error('nothing is kept')) } },
    datasets: {
      dataOf: (of: StoredRun['datasets']) => ({ ...none, test: of.test.flatMap((id) => held[id] ?? []) }),
    },
    repeat: { datasetsFor: () => ({ ...none, test: Object.keys(held) }) },
    runs: { inMemory: [] },
  } as unknown as App;
}
beforeEach(begin);

test('what was tried with a run stays when the list of runs is read again, with or without its data', () => {
  for (const datasets of [none, { ...none, test: ['gone'] }]) expect(openedOf(app, read(datasets)).test).toEqual([]);
  const opened = openedOf(app, read(none));
  const sentence = sentences[0]!;
  opened.tried = [{ key: 1, sentence, spans: [] }];
  expect(openedOf(app, read(none))).toBe(opened);
  expect(openedOf(app, read(none)).tried).toEqual([{ key: 1, sentence, spans: [] }]);
});

test('the same test set, by digest, is taken where that of the run was never here or is gone', () => {
  for (const datasets of [none, { ...none, test: ['gone'] }]) {
    begin();
    const before = openedOf(app, read(datasets));
    held = { other: sentences.slice(1) };
    expect(openedOf(app, read(datasets))).toBe(before);
    held = { same: sentences };
    const after = openedOf(app, read(datasets));
    expect(after.test).toEqual(sentences);
    expect(openedOf(app, read(datasets))).toBe(after);
  }
});
