import type { StoredRun } from '../storage/runs.ts';
import type { App } from './app.svelte.ts';
import { OpenedRun } from './opened.svelte.ts';

const kept = new WeakMap<App, readonly OpenedRun[]>();

/** What is looked at of a finished run; the last few are kept, so that coming back shows what was found. */
export function openedOf(app: App, run: StoredRun): OpenedRun {
  const opened = kept.get(app) ?? [];
  const known = opened.find(({ run: { id, modelKept } }) => id === run.id && modelKept === run.modelKept);
  if (known !== undefined) return known;
  const { test } = app.datasets.dataOf(run.datasets);
  const fresh = new OpenedRun(app.services, run, test, () => app.runs.inMemory.includes(run.id));
  void fresh.look();
  kept.set(app, [...opened.slice(-7), fresh]);
  return fresh;
}
