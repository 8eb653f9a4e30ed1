import 'fake-indexeddb/auto';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DatasetsState } from '../../../src/state/datasets.svelte.ts';
import { EditsState } from '../../../src/state/edits.svelte.ts';
import { isSample, loadSample } from '../../../src/state/sample.ts';
import type { Services } from '../../../src/state/services.ts';
import { TeacherState } from '../../../src/state/teacher.svelte.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { sentencesOf } from '../../../src/storage/datasets.ts';
import { sentence } from './sentences.ts';

let database: Database;
let services: Services;
let number = 0;
const fetchText = (path: string) => readFile(`public/${path}`, 'utf8');

beforeEach(async () => {
  database = await openDatabase({ name: `datasets ${String(number++)}` });
  let id = 0;
  services = {
    client: {} as Services['client'],
    imports: {} as Services['imports'],
    tabs: {} as Services['tabs'],
    compare: () => Promise.reject(new Error('not asked')),
    database,
    fetchText,
    checkpoint: { from: 'beside', url: 'models/tiny/' },
    appVersion: '0.0.0-test',
    storage: undefined,
    locks: undefined,
    now: () => 1000,
    newId: () => `id ${String(id++)}`,
  };
});
afterEach(() => database.close());

const source = { fileName: 'f', format: 'jsonl' };
const gold = {
  name: 'gold',
  role: 'gold',
  sentences: [sentence('Ada spoke', [[0, 3, 'PER']]), sentence('unlabelled', null)],
  findings: [],
  source,
  notice: '',
} as const;
const held = { ...gold, name: 'test', role: 'test', sentences: [sentence('Ada spoke', [[0, 3, 'PER']])] } as const;

describe('datasets', () => {
  test('are kept, in their order, and read again after a reload', async () => {
    const datasets = new DatasetsState(services);
    await datasets.add([gold, held]);
    const again = new DatasetsState(services);
    await again.load();
    expect(again.list).toEqual(datasets.list);
    expect(again.list.map(({ name }) => name)).toEqual(['gold', 'test']);
    expect(again.labels).toEqual(['PER']);
  });

  test('a run gets labelled sentences only, by the role they have', async () => {
    const datasets = new DatasetsState(services);
    await datasets.add([gold, held]);
    expect(datasets.runData.gold.map(({ text }) => text)).toEqual(['Ada spoke']);
    expect(datasets.runDatasets).toEqual({ silver: [], gold: ['id 0'], dev: [], test: ['id 1'] });
    expect([...datasets.overlaps.values()]).toEqual([{ count: 1, inside: 'gold' }]);
    await datasets.setRole('id 0', 'silver');
    expect(datasets.runData.silver).toHaveLength(1);
    expect(datasets.dataOf({ silver: [], gold: ['id 0'], dev: [], test: [] }).gold).toHaveLength(1);
  });

  test('an edit of labels leaves known what datasets share; a text put in place of another is looked at', async () => {
    const datasets = new DatasetsState(services);
    await datasets.add([gold, held]);
    const before = datasets.list[1]!.sentences[0]!;
    datasets.show('id 1', [{ at: 0, before, after: { ...before, spans: [] } }]);
    expect([...datasets.overlaps.values()]).toEqual([{ count: 1, inside: 'gold' }]);
    datasets.show('id 1', [{ at: 0, before, after: sentence('Eve spoke') }]);
    expect(datasets.overlaps.size).toBe(0);
  });

  test('one that was removed can be put back where it was', async () => {
    const datasets = new DatasetsState(services);
    await datasets.add([gold, held]);
    const before = datasets.list;
    const putBack = await datasets.remove('id 0');
    expect(datasets.list.map(({ id }) => id)).toEqual(['id 1']);
    await putBack();
    expect(datasets.list).toEqual(before);
    const again = new DatasetsState(services);
    await again.load();
    expect(again.list).toEqual(before);
  });
});

describe('an edit made while other sentences are put in their place', () => {
  const [ada, bob] = [sentence('Ada', [[0, 3, 'PER']]), sentence('Bob', [[0, 3, 'PER']])];
  const renamed = [{ ...ada, spans: [{ start: 0, end: 3, label: 'NAME' }] }, bob];

  async function edited(at: number, onAdded: () => void = () => undefined) {
    const datasets = new DatasetsState(services);
    const [id = ''] = await datasets.add([{ ...gold, sentences: [ada, bob] }]);
    const edits = new EditsState(datasets);
    edits.begin(id);
    onAdded();
    const replacing = datasets.replace(id, renamed);
    const before = datasets.find(id)!.sentences[at]!;
    edits.change({ at, before, after: { ...before, spans: [] } });
    return { datasets, edits, id, replacing };
  }

  test.each([0, 1])('is shown and stored on top of them, at place %i', async (at) => {
    const { datasets, edits, id, replacing } = await edited(at);
    await replacing;
    await edits.settle();
    const wanted = renamed.map((one, i) => (i === at ? { ...one, spans: [] } : one));
    expect(datasets.find(id)?.sentences).toEqual(wanted);
    expect(await sentencesOf(database, id)).toEqual(wanted);
    expect(datasets.find(id)?.counts.labels).toEqual(at === 0 ? { PER: 1 } : { NAME: 1 });
  });

  test('where they cannot be stored, the old ones are shown again with the edit', async () => {
    const { put } = IDBObjectStore.prototype;
    const { datasets, id, replacing } = await edited(1, () => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('no room', 'QuotaExceededError');
      };
    });
    await expect(replacing).rejects.toMatchObject({ code: 'storage-full' });
    IDBObjectStore.prototype.put = put;
    expect(datasets.find(id)?.sentences).toEqual([ada, { ...bob, spans: [] }]);
    expect(datasets.find(id)?.counts.labels).toEqual({ PER: 1 });
  });
});

test('the sample: four datasets, its silver from the teacher’s answers, each with the notice', async () => {
  const datasets = await loadSample(fetchText);
  expect(datasets.map(({ role, sentences }) => [role, sentences.length])).toEqual([
    ['silver', 1000],
    ['gold', 200],
    ['dev', 150],
    ['test', 350],
  ]);
  expect(datasets.every(isSample)).toBe(true);
  expect(new Set(datasets.map(({ notice }) => notice))).toEqual(
    new Set(['All labels of this sample, gold and silver, were written by language models, none by people.']),
  );
  const spans = datasets[0]?.sentences.flatMap((s) => s.spans ?? []) ?? [];
  expect(spans).toHaveLength(1213);
});

describe('the teacher', () => {
  test('the recorded answers: all exact for the standard prompt, 200 asked by the other', async () => {
    const teacher = new TeacherState(services);
    await teacher.look('standard');
    expect(teacher.recorded?.grounded.statuses).toMatchObject({ exact: 1213, malformed: 0, missing: 0 });
    await teacher.look('cot');
    expect(teacher.recorded?.sentences).toHaveLength(200);
    expect(teacher.recorded?.prompt).toContain('Work in four steps');
  });
});
