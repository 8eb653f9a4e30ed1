import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../src/storage/database.ts';
import { migrations } from '../../../src/storage/migrations.ts';
import { loadPredictions } from '../../../src/storage/predictions.ts';
import { loadRun } from '../../../src/storage/runs.ts';
import { storeNames } from '../../../src/storage/schema.ts';
import { loadSetting, saveSetting } from '../../../src/storage/settings.ts';
import { forceClose } from '../../support/forceClose.ts';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

test('the migrations leave the stores of the schema', async () => {
  const database = await openDatabase();
  expect([...database.connection.objectStoreNames].sort()).toEqual([...storeNames].sort());
  expect(database.connection.version).toBe(migrations.length);
  database.close();
});

test('an older version is migrated, and its data are kept', async () => {
  const old = await openDatabase();
  await saveSetting(old, 'theme', 'dark');
  old.close();
  const database = await openDatabase({
    steps: [
      ...migrations,
      ({ db }) => {
        db.createObjectStore('notes', { keyPath: 'id' });
      },
      async ({ transaction }) => {
        const settings = transaction.objectStore('settings');
        const [theme] = (await settings.getAll()) as { name: string; value: string }[];
        await settings.put({ name: 'theme', value: `${theme!.value}er` });
      },
    ],
  });
  expect(database.connection.version).toBe(migrations.length + 2);
  expect([...database.connection.objectStoreNames]).toContain('notes');
  expect(await loadSetting(database, 'theme')).toBe('darker');
  database.close();
});

test('runs from before part of the gold could be chosen took all of it', async () => {
  const old = await openDatabase({ steps: migrations.slice(0, 2) });
  const put = (run: object) => old.connection.put('runs', run as never);
  await put({ id: 'done', config: { seed: 1 }, record: { config: { seed: 1 }, steps: 9 } });
  await put({ id: 'waits', config: { seed: 2 }, record: null });
  old.close();
  const database = await openDatabase();
  expect(await database.connection.getAll('runs')).toMatchObject([
    { id: 'done', config: { seed: 1, goldSize: null }, record: { config: { seed: 1, goldSize: null }, steps: 9 } },
    { id: 'waits', config: { seed: 2, goldSize: null }, record: null },
  ]);
  database.close();
});

test('runs from before predictions were kept stay, without any', async () => {
  const old = await openDatabase({ steps: migrations.slice(0, 3) });
  const run = { id: 'done', config: { seed: 1 }, record: { steps: 9 } };
  await old.connection.put('runs', run as never);
  old.close();
  const database = await openDatabase();
  expect(await database.connection.getAll('runs')).toMatchObject([run]);
  expect(await loadPredictions(database, 'done')).toBeNull();
  database.close();
});

test('runs from before they could be tagged, noted and pinned have none of it, and an empty log', async () => {
  const old = await openDatabase({ steps: migrations.slice(0, 4) });
  const run = { id: 'done', name: 'Simple mix', record: { steps: 9 } };
  await old.connection.put('runs', run as never);
  old.close();
  const database = await openDatabase();
  expect(await loadRun(database, 'done')).toMatchObject({ ...run, tags: [], notes: '', pinned: false, log: [] });
  database.close();
});

test('what waited before there were experiments is one, in its order', async () => {
  const old = await openDatabase({ steps: migrations.slice(0, 5) });
  const put = (id: string, status: string, createdMs: number) =>
    old.connection.put('runs', { id, status, createdMs } as never);
  await put('second', 'queued', 20);
  await put('first', 'queued', 10);
  await put('done', 'finished', 5);
  old.close();
  const database = await openDatabase();
  const fresh = { held: false, tries: 0, triedAt: 0 };
  const runs = [
    { runId: 'first', place: 0, ...fresh },
    { runId: 'second', place: 1, ...fresh },
  ];
  expect(await database.connection.getAll('experiments')).toEqual([
    { id: 'first', name: 'Runs that waited', budget: 'free', runs, createdMs: 10 },
  ]);
  database.close();
});

test('a newer version is refused and left untouched', async () => {
  const newer = await openDB('vermeil', migrations.length + 7, {
    upgrade(db) {
      void db.createObjectStore('future').put('kept', 'key');
    },
  });
  newer.close();
  await expect(openDatabase()).rejects.toMatchObject({ code: 'storage-newer' });
  const again = await openDB('vermeil');
  expect(again.version).toBe(migrations.length + 7);
  expect(await again.get('future', 'key')).toBe('kept');
  again.close();
});

test('a migration that fails leaves the older version as it was', async () => {
  const old = await openDatabase();
  await saveSetting(old, 'theme', 'dark');
  old.close();
  const breaking = async ({ db, transaction }: Parameters<(typeof migrations)[0]>[0]) => {
    db.createObjectStore('half');
    await transaction.objectStore('settings').clear();
    throw new Error('broken step');
  };
  await expect(openDatabase({ steps: [...migrations, breaking] })).rejects.toMatchObject({
    code: 'storage-failed',
    detail: { reason: 'broken step' },
  });
  const database = await openDatabase();
  expect(database.connection.version).toBe(migrations.length);
  expect(await loadSetting(database, 'theme')).toBe('dark');
  expect([...database.connection.objectStoreNames]).not.toContain('half');
  database.close();
});

test('a newer app in another tab gets the database, and this one says why it ended', async () => {
  const here = await openDatabase();
  const there = await openDatabase({ steps: [...migrations, () => undefined], blockedMs: 1000 });
  expect(here.ended()).toMatchObject({ code: 'storage-newer' });
  await expect(saveSetting(here, 'theme', 'dark')).rejects.toMatchObject({ code: 'storage-newer' });
  await expect(loadSetting(here, 'theme')).rejects.toMatchObject({ code: 'storage-newer' });
  there.close();
});

test('another tab that does not let go of an older version is waited for only so long', async () => {
  const stubborn = await openDB('vermeil', 1, { upgrade: (db) => void db.createObjectStore('settings') });
  const opening = openDatabase({ steps: [() => undefined, () => undefined], blockedMs: 50 });
  await expect(opening).rejects.toMatchObject({
    code: 'storage-failed',
    detail: { reason: 'another tab holds an older version of the data open' },
  });
  stubborn.close();
  const late = await openDB('vermeil'); // the given-up opening has closed what it got at last
  late.close();
});

test('a database that the browser closes is opened again, and what was asked meanwhile is done', async () => {
  const database = await openDatabase();
  await saveSetting(database, 'theme', 'dark');
  const first = database.connection;
  forceClose(database);
  const [seen] = await Promise.all([loadSetting(database, 'theme'), saveSetting(database, 'name', 'demo')]);
  expect(seen).toBe('dark');
  expect(await loadSetting(database, 'name')).toBe('demo');
  expect(database.connection).not.toBe(first);
  await saveSetting(database, 'theme', 'light');
  forceClose(database);
  expect(await loadSetting(database, 'theme')).toBe('light');
  expect(database.ended()).toBeNull();
  database.close();
  await expect(loadSetting(database, 'theme')).rejects.toMatchObject({ code: 'storage-failed' });
});

test('one that is gone when it is opened again is told as deleted, and no empty one comes in its place', async () => {
  const database = await openDatabase();
  globalThis.indexedDB = new IDBFactory();
  forceClose(database);
  const end = { code: 'storage-failed', detail: { reason: 'the browser has deleted the data of this page' } };
  expect(await database.whenEnded).toMatchObject(end);
  await expect(saveSetting(database, 'theme', 'dark')).rejects.toMatchObject(end);
  expect(await indexedDB.databases()).toEqual([]);
});

test('one that a newer app has taken over meanwhile is told as newer', async () => {
  const database = await openDatabase();
  forceClose(database);
  const newer = await openDB('vermeil', migrations.length + 1);
  newer.close();
  expect(await database.whenEnded).toMatchObject({ code: 'storage-newer' });
});
