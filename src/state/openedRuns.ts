import type { Sentence } from '../data/types.ts';
import { sourceDigest } from '../run/dataDigest.ts';
import type { StoredRun } from '../storage/runs.ts';
import type { App } from './app.svelte.ts';
import { OpenedRun } from './opened.svelte.ts';

const kept = new WeakMap<App, readonly OpenedRun[]>();

/** What is looked at of a finished run; the last few are kept, so that coming back shows what was found. */
export function openedOf(app: App, run: StoredRun): OpenedRun {
  const opened = kept.get(app) ?? [];
  const known = opened.find(({ run: { id, modelKept } }) => id === run.id && modelKept === run.modelKept);
  // Data that were missing may have come.
  if (known !== undefined && (known.test.length > 0 || hasData(run))) return known;
  const fresh = new OpenedRun(app.services, run, testOf(app, run), () => app.runs.inMemory.includes(run.id));
  void fresh.look();
  kept.set(app, [...opened.slice(-7), fresh]);
  return fresh;
}

/** The test sentences of a run; where it came without data, those that are here now, if they are the same. */
function testOf({ datasets, repeat }: App, run: StoredRun): readonly Sentence[] {
  if (hasData(run)) return datasets.dataOf(run.datasets).test;
  const { test } = datasets.dataOf(repeat.datasetsFor(run));
  const digest = run.record?.digests.sources?.test.digest;
  return digest === sourceDigest(test).digest ? test : [];
}

function hasData({ datasets }: StoredRun): boolean {
  return Object.values(datasets).flat().length > 0;
}
