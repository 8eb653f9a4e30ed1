import { deleteDB } from 'idb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitingRun } from '../../src/state/waitingRun.ts';
import { openDatabase, type Database } from '../../src/storage/database.ts';
import { saveDataset, sentencesOf } from '../../src/storage/datasets.ts';
import { migrations } from '../../src/storage/migrations.ts';
import { saveRun } from '../../src/storage/runs.ts';
import { newestSnapshot, saveSnapshot } from '../../src/storage/snapshots.ts';
import { storageUsage } from '../../src/storage/usage.ts';
import { write } from '../../src/storage/transact.ts';
import { tinyRequest, tinySentences } from '../support/tinyData.ts';

let database: Database;
beforeEach(async () => {
  await deleteDB('vermeil');
  database = await openDatabase();
});
afterEach(() => {
  database.close();
});

it('datasets and snapshots come back from the disk of a real browser as they went in', async () => {
  const sentences = tinySentences(0, 1200);
  const source = { fileName: 'a.jsonl', format: 'jsonl' };
  const dataset = { id: 'a', name: 'a', role: 'gold' as const, findings: [], source, notice: '', createdMs: 1 };
  await saveDataset(database, dataset, sentences);
  const bytes = new Uint8Array(8_000_000).map((_, i) => i * 31);
  await saveRun(database, waitingRun(tinyRequest('r', 'x/'), 1));
  await saveSnapshot(database, { runId: 'r', step: 1, bytes }, {});
  database.close();
  database = await openDatabase();
  expect(await sentencesOf(database, 'a')).toEqual(sentences);
  const found = await newestSnapshot(database, 'r');
  expect(found).toMatchObject({ good: { step: 1 }, damaged: 0 });
  expect(found.good!.bytes.every((byte, i) => byte === bytes[i])).toBe(true);
  const usage = await storageUsage(navigator.storage);
  expect(usage!.usedBytes).toBeGreaterThan(0); // Chromium counts late: not yet the 8 MB
  expect(usage!.quotaBytes).toBeGreaterThan(usage!.usedBytes);
});

it('a transaction that fails in the middle leaves nothing', async () => {
  const failing = write(database, ['settings'], async (transaction) => {
    await transaction.objectStore('settings').put({ name: 'a', value: 1 });
    await transaction.objectStore('settings').add({ name: 'a', value: 2 }); // the key is taken
  });
  await expect(failing).rejects.toMatchObject({ code: 'storage-failed' });
  expect(await database.connection.count('settings')).toBe(0);
});

it('a newer app takes the database over from an open tab, and an older one leaves it alone', async () => {
  const newer = await openDatabase({ steps: [...migrations, () => undefined] });
  expect(database.ended()).toMatchObject({ code: 'storage-newer' });
  await expect(openDatabase()).rejects.toMatchObject({ code: 'storage-newer' });
  newer.close();
});
