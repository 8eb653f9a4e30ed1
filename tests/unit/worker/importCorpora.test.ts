import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { sentencesOf } from '../../../src/storage/datasets.ts';
import type { Client } from '../../../src/worker/client.ts';
import { createImportClient } from '../../../src/worker/importClient.ts';
import counts from '../../golden/formats/conll-counts.json' with { type: 'json' };
import { fakeLocks } from '../../support/fakeLocks.ts';
import { readShared } from '../../support/shared.ts';
import { createHarness } from '../../support/workerHarness.ts';

/** Corpora as people publish them, by the way that a dropped file goes: read in the worker, staged, checked, made datasets. */
const corpora = [
  ['wikigold.conll.txt', 'wikigold/wikigold.conll.txt', 'wikigold/wikigold.conll.txt', 'I-only'],
  ['emerging.test', 'wnut17/emerging.test.annotated', 'wnut17/emerging.test.annotated', 'IOB2'],
] as const;
const files = corpora.map(([name, path, golden, scheme]) => ({
  ...{ name, golden, scheme },
  text: readShared(`data/real/${path}`),
}));

let database: Database;
let client: Client;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
  client = createHarness({ locks: fakeLocks() }).client;
});
afterEach(() => client.close());

test.skipIf(files.some(({ text }) => text === null))(
  'real corpora come in by the worker with all they hold',
  async () => {
    const imports = createImportClient(client);
    const parts = [];
    for (const [i, { name, text, scheme }] of files.entries()) {
      const request = { id: name, file: new Blob([text ?? '']), fileName: name, format: null, options: {} };
      const staged = await imports.read(request, () => undefined).done;
      expect(staged).toMatchObject({ format: 'conll', facts: { scheme }, records: { leftOut: 0 } });
      const role = i === 0 ? 'gold' : 'test';
      parts.push({
        id: name,
        changedId: `${name}2`,
        name,
        fileName: name,
        createdMs: i,
        role,
        map: {},
        mends: [],
      } as const);
    }
    await imports.check(parts);
    const datasets = await imports.confirm(parts);
    for (const [i, { golden }] of files.entries()) {
      const wanted = counts.files[golden];
      const { counts: own, id } = datasets[i]!;
      expect([own.sentences, own.words, own.labels]).toEqual([wanted.sentences, wanted.tokens, wanted.labels]);
      const stored = await sentencesOf(database, id);
      expect(stored.reduce((sum, { words }) => sum + words.length, 0)).toBe(wanted.tokens);
      expect(new Set(stored.map((one) => one.id)).size).toBe(wanted.sentences);
    }
  },
);
