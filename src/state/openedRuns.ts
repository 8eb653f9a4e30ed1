import type { Sentence } from '../data/types.ts';
import { sourceDigest } from '../run/dataDigest.ts';
import type { StoredRun } from '../storage/runs.ts';
import type { App } from './app.svelte.ts';
import { OpenedRun } from './opened.svelte.ts';

const kept = new WeakMap<App, readonly OpenedRun[]>();

/** What is looked at of a finished run; the last few are kept, so that coming back shows what was found. */
export function openedOf(app: App, run: StoredRun): OpenedRun {
  const opened = kept.get(app) ?? [];
  const known = opened.findLast(({ run: { id, modelKept } }) => id === run.id && modelKept === run.modelKept);
  if (known !== undefined && known.test.length > 0) return known;
  const test = testOf(app, run);
  // Only data that were missing and have come make it another.
  if (known !== undefined && test.length === 0) return known;
  const fresh = new OpenedRun(app.services, run, test, () => app.runs.inMemory.includes(run.id));
  void fresh.look();
  kept.set(app, [...opened.slice(-7), fresh]);
  return fresh;
}

/** The test sentences of a run; where they are not here, or no more, those that are, if they are the same. */
function testOf({ datasets, repeat }: App, run: StoredRun): readonly Sentence[] {
  const own = datasets.dataOf(run.datasets).test;
  if (own.length > 0) return own;
  const { test } = datasets.dataOf(repeat.datasetsFor(run));
  const digest = run.record?.digests.sources?.test.digest;
  return digest === sourceDigest(test).digest ? test : [];
}
