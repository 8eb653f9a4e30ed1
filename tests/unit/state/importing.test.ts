import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DatasetsState } from '../../../src/state/datasets.svelte.ts';
import { ImportingState } from '../../../src/state/importing.svelte.ts';
import type { Services } from '../../../src/state/services.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { stagedIds } from '../../../src/storage/staging.ts';
import type { Client } from '../../../src/worker/client.ts';
import { createImportClient } from '../../../src/worker/importClient.ts';
import { createHarness } from '../../support/workerHarness.ts';

let database: Database;
let client: Client;
let importing: ImportingState;
let datasets: DatasetsState;
const { put } = IDBObjectStore.prototype;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
  client = createHarness().client;
  let id = 0;
  const services = {
    database,
    imports: createImportClient(client),
    now: () => 1000,
    newId: () => `id ${String(id++)}`,
  };
  datasets = new DatasetsState(services as unknown as Services);
  importing = new ImportingState(services);
});
afterEach(() => {
  IDBObjectStore.prototype.put = put;
  client.close();
});

const incoming = (name: string, content: string | Uint8Array<ArrayBuffer>) => ({ name, file: new Blob([content]) });
const line = '{"text": "Ada spoke", "spans": [{"start": 0, "end": 3, "label": "PERSON"}]}';
const told = () => importing.candidates.map(({ title, role, read }) => [title, role, read.kind]);

describe('files on their way in', () => {
  test('are read, and added only when confirmed', async () => {
    await importing.take([
      incoming('set/a-test.jsonl', `${line}\n{`),
      incoming('b.txt', 'Ada B-PER\n'),
      incoming('raw.jsonl', '{"text": "Ada spoke"}'),
      incoming('c.png', '\0\0'),
    ]);
    expect(told()).toEqual([
      ['a-test', 'test', 'read'],
      ['b', 'gold', 'read'],
      ['raw', 'unlabelled', 'read'],
      ['c', 'gold', 'unreadable'],
    ]);
    expect(datasets.list).toEqual([]);
    await importing.change(2, { role: 'silver', title: 'mine' });
    expect(await importing.confirm(datasets)).toBe(3);
    expect(importing.candidates).toEqual([]);
    expect(datasets.list.map(({ name, role, findings }) => [name, role, findings.map((f) => f.line)])).toEqual([
      ['a-test', 'test', [2]],
      ['mine', 'silver', []],
      ['raw', 'unlabelled', []],
    ]);
    const again = new DatasetsState({ database } as unknown as Services);
    await again.load();
    expect(again.list).toEqual(datasets.list);
  });

  test('that come while others are added stay on the screen', async () => {
    await importing.take([incoming('a.jsonl', line)]);
    const adding = importing.confirm(datasets);
    await Promise.all([adding, importing.take([incoming('b-test.jsonl', line)])]);
    await vi.waitFor(() => expect(importing.leaks).toEqual([{ dataset: 'a', count: 1 }]));
    expect([told(), importing.problem]).toEqual([[['b-test', 'test', 'read']], null]);
    expect(await importing.confirm(datasets)).toBe(1);
    expect([importing.candidates, importing.leaks]).toEqual([[], []]);
  });

  test('are checked together; what is chosen is mapped and mended', async () => {
    await importing.take([incoming('a.jsonl', `${line}\n${line}`), incoming('test.jsonl', line)]);
    const groups = importing.candidates.map((c) => c.groups.map(({ check, count }) => [check, count]));
    expect(groups[0]).toContainEqual(['duplicate', 1]);
    expect(groups[0]).toContainEqual(['leak', 2]);
    await importing.change(1, { labels: { PERSON: 'PER' } });
    expect(importing.candidates[1]!.groups.map(({ check }) => check)).toContain('label-missing');
    await importing.setMend(1, 'duplicate', true);
    await importing.confirm(datasets);
    expect(datasets.list[0]!.counts).toMatchObject({ sentences: 1, labels: { PER: 1 } });
    expect(datasets.list[0]!.findings.map(({ code }) => code)).toEqual(['labels-mapped', 'mended']);
  });

  test('are read again as another format, and what was read before is dropped', async () => {
    await importing.take([incoming('a.txt', 'Ada spoke to us.\nShe left then.')]);
    const staged = () => importing.candidates.flatMap(({ read }) => (read.kind === 'read' ? [read.staged] : []));
    expect(staged()[0]).toMatchObject({ format: 'text', counts: { sentences: 2 } });
    await importing.readAgain(1, 'text', { textUnit: 'paragraph' });
    expect(staged()[0]).toMatchObject({ format: 'text', counts: { sentences: 1 } });
    expect(await stagedIds(database)).toEqual([staged()[0]!.id]);
    await importing.leaveOut(1);
    expect(await stagedIds(database)).toEqual([]);
  });

  test('come out of a zip, and what was left there is told', async () => {
    const zip = zipSync({ 'a.jsonl': new TextEncoder().encode(line), '../b.jsonl': new Uint8Array(2) });
    await importing.take([incoming('all.zip', zip)]);
    expect(importing.candidates.map(({ name, read }) => [name, read.kind])).toEqual([
      ['all.zip/a.jsonl', 'read'],
      ['all.zip/../b.jsonl', 'unreadable'],
    ]);
  });

  test('stay on the screen where there is no room for them, and can be added later', async () => {
    await importing.take([incoming('a.jsonl', line)]);
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
    await expect(importing.confirm(datasets)).rejects.toMatchObject({ code: 'storage-full' });
    IDBObjectStore.prototype.put = put;
    expect([datasets.list, importing.ready.length, importing.adding]).toEqual([[], 1, false]);
    expect(await importing.confirm(datasets)).toBe(1);
  });
});
