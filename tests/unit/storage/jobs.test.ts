import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { answersOfJob, loadAnswers, saveAnswer, type StoredAnswer } from '../../../src/storage/answers.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { deleteJob, listJobs, loadJob, saveJob, updateJob, type StoredJob } from '../../../src/storage/jobs.ts';
import { migrations } from '../../../src/storage/migrations.ts';
import { loadSetting, saveSetting } from '../../../src/storage/settings.ts';
import { spec } from '../../support/job.ts';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** Versions from before there were jobs. */
const before = migrations.slice(0, 1);

function answer(key: string, jobId: string): StoredAnswer {
  const { provider, settings } = spec();
  return {
    ...{ key, jobId, provider, settings },
    ...{
      sentenceId: 's',
      sample: 0,
      promptHash: 'h',
      status: 'answered',
      attempts: 1,
      text: 'raw',
      finish: 'complete',
    },
    ...{ model: 'm', inputTokens: 1, outputTokens: 2, ms: 3, costUsd: null, uncertainUsd: null, failure: null },
    ...{ sentMs: 4, endedMs: 5 },
  };
}

function job(id: string, createdMs: number): StoredJob {
  const source = { datasetId: 'd', recipe: { prompt: 'standard' } };
  return { id, spec: spec({ id }), source, status: 'running', failure: null, progress: null, createdMs, updatedMs: 1 };
}

test('data from before there were jobs are kept, and the new stores are there', async () => {
  const old = await openDatabase({ steps: before });
  await saveSetting(old, 'theme', 'dark');
  old.close();
  const database = await openDatabase();
  expect(await loadSetting(database, 'theme')).toBe('dark');
  await saveJob(database, job('a', 1));
  await saveAnswer(database, answer('k', 'a'));
  expect(await loadJob(database, 'a')).toEqual(job('a', 1));
  database.close();
});

test('answers are found by their keys and by their job, and stay when it is deleted', async () => {
  const database = await openDatabase();
  for (const record of [answer('k1', 'a'), answer('k2', 'b'), answer('k3', 'a')]) await saveAnswer(database, record);
  expect([...(await loadAnswers(database, ['k1', 'none', 'k2'])).keys()]).toEqual(['k1', 'k2']);
  expect((await answersOfJob(database, 'a')).map(({ key }) => key).sort()).toEqual(['k1', 'k3']);
  await saveJob(database, job('a', 1));
  await saveJob(database, job('b', 2));
  await updateJob(database, 'a', { status: 'halted' });
  await updateJob(database, 'gone', { status: 'halted' });
  expect((await listJobs(database)).map(({ id, status }) => [id, status])).toEqual([
    ['b', 'running'],
    ['a', 'halted'],
  ]);
  await deleteJob(database, 'a');
  expect(await loadJob(database, 'a')).toBeNull();
  expect(await answersOfJob(database, 'a')).toHaveLength(2);
  database.close();
});
