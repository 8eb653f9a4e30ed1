import 'fake-indexeddb/auto';
import { zipSync } from 'fflate';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sweepImports } from '../../../src/state/sweepImports.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { listDatasets, saveDataset, sentencesOf } from '../../../src/storage/datasets.ts';
import { stagedIds } from '../../../src/storage/staging.ts';
import type { Client } from '../../../src/worker/client.ts';
import { createImportClient, type ImportClient } from '../../../src/worker/importClient.ts';
import type { ImportPart, Reading } from '../../../src/worker/importProtocol.ts';
import { fakeLocks } from '../../support/fakeLocks.ts';
import { createHarness, tinyUrl } from '../../support/workerHarness.ts';

let database: Database;
let client: Client;
let imports: ImportClient;
let locks: LockManager;
const { put } = IDBObjectStore.prototype;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
  locks = fakeLocks();
  client = createHarness({ locks }).client;
  imports = createImportClient(client);
});
afterEach(() => {
  IDBObjectStore.prototype.put = put;
  client.close();
});

const lineOf = (i: number, label = 'PERSON') =>
  JSON.stringify({ text: `Ada ${String(i)} spoke.`, spans: [{ start: 0, end: 3, label }] });
const linesOf = (count: number) => Array.from({ length: count }, (_, i) => lineOf(i)).join('\n');

function read(id: string, content: string, onReading: (reading: Reading) => void = () => undefined) {
  const request = { id, file: new Blob([content]), fileName: `${id}.jsonl`, format: null, options: {} };
  return imports.read(request, onReading);
}

function part(id: string, change: Partial<ImportPart> = {}): ImportPart {
  const own = { id, changedId: `${id} changed`, name: id, fileName: `${id}.jsonl`, createdMs: 1 };
  return { role: 'gold', map: {}, mends: [], ...own, ...change };
}

describe('reading into staging', () => {
  test('tells what a file is, and nobody sees a dataset before it is confirmed', async () => {
    const readings: Reading[] = [];
    const staged = await read('a', `${linesOf(2500)}\n{"text": "no end`, (reading) => readings.push(reading)).done;
    expect(staged).toMatchObject({
      format: 'jsonl',
      encoding: 'UTF-8',
      counts: { sentences: 2500, labelled: 2500, labels: { PERSON: 2500 } },
      records: { kept: 2500, leftOut: 1 },
      notListed: 0,
    });
    expect(staged.findings.map(({ line, severity }) => [line, severity])).toEqual([[2501, 'error']]);
    expect(staged.first).toHaveLength(5);
    expect(readings.at(-1)).toMatchObject({ sentences: 2500 });
    expect(await listDatasets(database)).toEqual([]);
    expect(await stagedIds(database)).toEqual(['a']);

    const [dataset] = await imports.confirm([part('a')]);
    expect(dataset).toMatchObject({ id: 'a', counts: staged.counts, source: { format: 'jsonl' } });
    expect(await listDatasets(database)).toEqual([dataset]);
    expect((await sentencesOf(database, 'a')).map(({ text }) => text)).toEqual(
      Array.from({ length: 2500 }, (_, i) => `Ada ${String(i)} spoke.`),
    );
    expect(await stagedIds(database)).toEqual([]);
  });

  test('says which scheme the tags of columns follow, and stray openings are mended or left', async () => {
    const columns = 'Ada I-PER\nspoke O\n\nBob B-PER\nPage I-PER\n\nParis B-LOC\n\nRome B-LOC\n';
    const options = (stray: 'mend' | 'leave') => ({ strayOpenings: stray });
    const request = { file: new Blob([columns]), fileName: 'c.conll', format: null };
    const mended = await imports.read({ ...request, id: 'm', options: options('mend') }, () => undefined).done;
    expect(mended.facts.scheme).toBe('IOB2');
    expect(mended.counts.labels).toEqual({ PER: 2, LOC: 2 });
    const left = await imports.read({ ...request, id: 'l', options: options('leave') }, () => undefined).done;
    expect(left.counts.labels).toEqual({ PER: 1, LOC: 2 });
    expect(left.findings.map(({ code, line }) => [code, line])).toEqual([['illegal-opening', 1]]);
  });

  test('can be stopped, and leaves nothing behind', async () => {
    const content = linesOf(60_000); // more than three parts of the file
    const handle = read('a', content, () => {
      handle.stop();
    });
    await expect(handle.done).rejects.toMatchObject({ code: 'stopped' });
    expect(await stagedIds(database)).toEqual([]);
  });

  test('a file in no known format is refused, and leaves nothing behind', async () => {
    await expect(read('a', '\0\0\0\0').done).rejects.toMatchObject({ code: 'format-unknown' });
    expect(await stagedIds(database)).toEqual([]);
  });

  test('a zip gives its files, and why others were left there', async () => {
    const zip = zipSync({ 'in/a.jsonl': new TextEncoder().encode(lineOf(1)), '../b.txt': new Uint8Array(3) });
    const { files, leftOut } = await imports.unzip('all.zip', new Blob([zip]));
    expect(files.map(({ name }) => name)).toEqual(['in/a.jsonl']);
    expect(await files[0]!.file.text()).toBe(lineOf(1));
    expect(leftOut.map(({ name }) => name)).toEqual(['../b.txt']);
  });
});

describe('checks and mending', () => {
  beforeEach(async () => {
    const sentences = [{ id: 't', text: 'Ada 7 spoke.', words: [{ start: 0, end: 3 }], spans: [] }];
    const dataset = { name: 'judge', role: 'test', findings: [], notice: '', createdMs: 0 } as const;
    const words = [
      { start: 0, end: 3 },
      { start: 4, end: 5 },
      { start: 6, end: 11 },
      { start: 11, end: 12 },
    ];
    await saveDataset(database, { ...dataset, id: 'judge', source: { fileName: '', format: '' } }, [
      { ...sentences[0]!, words },
    ]);
  });

  test('look at the labels as mapped, beside the datasets that are here', async () => {
    await read('a', `${linesOf(10)}\n${lineOf(3)}`).done;
    const { groups, leaks } = await imports.check([part('a', { map: { PERSON: 'PER' } })]);
    const told = groups[0]!.map(({ check, count, rows, mendable }) => [check, count, rows[0]?.line, mendable]);
    expect(told).toContainEqual(['duplicate', 1, 11, true]);
    expect(told).toContainEqual(['leak', 1, 8, true]);
    expect(leaks).toEqual([]);
  });

  test('measure sentences by the pieces of the model that runs begin with, where it is at hand', async () => {
    const words = (count: number) => JSON.stringify({ text: Array.from({ length: count }, () => 'Ada').join(' ') });
    const content = [words(126), words(127), words(5)].join('\n');
    const longIn = async (url: string) => {
      imports = createImportClient(client, url);
      const id = `of ${url}`;
      await read(id, content).done;
      const { groups } = await imports.check([part(id)]);
      return groups[0]!.filter(({ check }) => check === 'too-long').map(({ count, rows }) => [count, rows[0]?.message]);
    };
    expect(await longIn('')).toEqual([]);
    expect(await longIn('picked:model/')).toEqual([]); // none was brought yet
    expect(await longIn(tinyUrl)).toEqual([[1, 'It has 127 pieces, more than 126: it is read in several windows.']]);
    const sentences = [5, 200].map((count) => ({
      ...{ id: '', text: 'Ada '.repeat(count), spans: null },
      words: Array.from({ length: count }, (_, i) => ({ start: 4 * i, end: 4 * i + 3 })),
    }));
    const found = await imports.look('too-long', [{ name: '', role: 'gold', sentences }]);
    expect(found.map(({ sentence, message }) => [sentence, message.slice(0, 17)])).toEqual([[1, 'It has 200 pieces']]);
  });

  test('name the training data that a new test file is part of', async () => {
    await read('a', linesOf(10)).done;
    await imports.confirm([part('a')]);
    await read('b', linesOf(3)).done;
    const { leaks } = await imports.check([part('b', { role: 'test' })]);
    expect(leaks).toEqual([{ dataset: 'a', count: 3 }]);
  });

  test('labels are mapped and chosen findings mended, under a new id, and both are written down', async () => {
    await read('a', `${linesOf(1500)}\n${lineOf(3)}`).done;
    const [dataset] = await imports.confirm([part('a', { map: { PERSON: 'PER' }, mends: ['duplicate', 'leak'] })]);
    expect(dataset).toMatchObject({ id: 'a changed', counts: { sentences: 1499, labels: { PER: 1499 } } });
    expect(dataset!.findings.map(({ code, line }) => [code, line])).toEqual([
      ['labels-mapped', 0],
      ['mended', 1501],
      ['mended', 8],
    ]);
    expect(await stagedIds(database)).toEqual([]);
    expect((await sentencesOf(database, 'judge'))[0]?.text).toBe('Ada 7 spoke.');
  });
});

describe('a full disk', () => {
  /** The `nth` put from now on fails, as does every one after it. */
  function fillUpAt(nth: number): void {
    let done = 0;
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...args: Parameters<typeof put>) {
      if (++done >= nth) throw new DOMException('no room', 'QuotaExceededError');
      return put.apply(this, args);
    };
  }

  // Reading writes three chunks; confirming three changed ones for each file and then two records.
  test.each([1, 2, 3])('at chunk %i while reading leaves the old state whole', async (nth) => {
    await read('old', linesOf(5)).done;
    const before = await imports.confirm([part('old')]);
    fillUpAt(nth);
    await expect(read('a', linesOf(2500)).done).rejects.toMatchObject({ code: 'storage-full' });
    IDBObjectStore.prototype.put = put;
    expect(await listDatasets(database)).toEqual(before);
    expect(await stagedIds(database)).toEqual([]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('at write %i while confirming leaves the old state whole', async (nth) => {
    await read('a', linesOf(2500)).done;
    await read('b', linesOf(2500)).done;
    const parts = ['a', 'b'].map((id) => part(id, { map: { PERSON: 'PER' } }));
    fillUpAt(nth);
    await expect(imports.confirm(parts)).rejects.toMatchObject({ code: 'storage-full' });
    IDBObjectStore.prototype.put = put;
    expect(await listDatasets(database)).toEqual([]);
    expect(await stagedIds(database)).toEqual(['a', 'b']); // still there to be confirmed once there is room
    const again = await imports.confirm(parts);
    expect(again.map(({ counts }) => counts.labels)).toEqual([{ PER: 2500 }, { PER: 2500 }]);
  });
});

describe('what imports leave behind', () => {
  test('is swept when nobody holds it, and not while an import goes on', async () => {
    await read('live', linesOf(3)).done;
    const orphan = createHarness({ locks: fakeLocks() }).client; // its locks are gone, as after a closed tab
    const request = { id: 'orphan', file: new Blob([linesOf(3)]), fileName: 'o', format: null, options: {} };
    await createImportClient(orphan).read(request, () => undefined).done;
    orphan.close();
    expect(await stagedIds(database)).toEqual(['live', 'orphan']);
    await sweepImports(database, locks);
    expect(await stagedIds(database)).toEqual(['live']);
    await imports.discard(['live']);
    expect(await stagedIds(database)).toEqual([]);
  });

  test('without locks another tab may sweep it: then nothing is added, and it is said', async () => {
    await read('a', linesOf(3)).done;
    await sweepImports(database, undefined);
    await expect(imports.confirm([part('a')])).rejects.toMatchObject({ code: 'storage-failed' });
    expect(await listDatasets(database)).toEqual([]);
  });
});
