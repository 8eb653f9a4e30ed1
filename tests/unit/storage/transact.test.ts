import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { chunkSize } from '../../../src/storage/datasets.ts';
import { loadSetting, saveSetting } from '../../../src/storage/settings.ts';
import { stagingWriter } from '../../../src/storage/staging.ts';
import { read, write } from '../../../src/storage/transact.ts';
import { tinySentences } from '../../support/tinyData.ts';

let database: Database;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
});
afterEach(() => {
  database.close();
});

/** Makes every `put` fail as a full disk does in Chromium: the request, or only the commit of the transaction. */
function fillDisk(kind: 'request' | 'commit'): () => void {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...args: Parameters<typeof put>) {
    if (kind === 'request') throw new DOMException('no room', 'QuotaExceededError');
    const request = put.apply(this, args);
    const { transaction } = this;
    Object.defineProperty(transaction, 'error', { value: new DOMException('no room', 'QuotaExceededError') });
    request.addEventListener('success', () => transaction.abort());
    return request;
  };
  return () => {
    IDBObjectStore.prototype.put = put;
  };
}

test.each(['request', 'commit'] as const)('a full disk is told at the %s, and nothing is stored', async (kind) => {
  await saveSetting(database, 'theme', 'light');
  const empty = fillDisk(kind);
  await expect(saveSetting(database, 'theme', 'dark')).rejects.toMatchObject({ code: 'storage-full' });
  empty();
  expect(await loadSetting(database, 'theme')).toBe('light');
});

test('an error in the middle takes back all of the transaction', async () => {
  const failing = write(database, ['settings'], async (transaction) => {
    await transaction.objectStore('settings').put({ name: 'theme', value: 'dark' });
    throw new AppError('data-invalid', 'not this');
  });
  await expect(failing).rejects.toMatchObject({ code: 'data-invalid' });
  expect(await loadSetting(database, 'theme')).toBeUndefined();
});

test('what cannot be cloned is a failure, not a silent loss', async () => {
  await expect(saveSetting(database, 'theme', () => 1)).rejects.toMatchObject({ code: 'storage-failed' });
});

test('a closed database is a failure', async () => {
  database.close();
  await expect(saveSetting(database, 'theme', 'dark')).rejects.toMatchObject({ code: 'storage-failed' });
});

/** Ends the transactions of the next puts from outside, as a browser does that closes the database. */
function cutNext(cuts: number): () => void {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...args: Parameters<typeof put>) {
    const request = put.apply(this, args);
    if (cuts-- > 0) this.transaction.abort();
    return request;
  };
  return () => {
    IDBObjectStore.prototype.put = put;
  };
}

test('what the browser itself takes back, by closing the database in the middle, is done once more', async () => {
  const once = cutNext(1);
  await saveSetting(database, 'theme', 'dark');
  once();
  expect(await loadSetting(database, 'theme')).toBe('dark');
  const twice = cutNext(2);
  await expect(saveSetting(database, 'theme', 'light')).rejects.toMatchObject({ code: 'storage-failed' });
  twice();
  expect(await loadSetting(database, 'theme')).toBe('dark');
});

test('an import whose chunk is written twice leaves no gap in the chunks', async () => {
  const sentences = tinySentences(0, 2 * chunkSize);
  const staging = stagingWriter(database, 'set');
  const once = cutNext(1);
  await staging.add(sentences);
  once();
  const keys = await read(database, ['sentences'], (transaction) => transaction.objectStore('sentences').getAllKeys());
  expect(keys).toEqual([
    ['set', 0],
    ['set', 1],
  ]);
});
