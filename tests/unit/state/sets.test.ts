import 'fake-indexeddb/auto';
import { strFromU8, unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Sentence } from '../../../src/data/types.ts';
import { compare } from '../../../src/state/agreement.ts';
import { combinings, repeatedIn } from '../../../src/state/combinePlan.ts';
import { DatasetsState, type HeldDataset, type NewDataset } from '../../../src/state/datasets.svelte.ts';
import { downloadOf, fileStem, lossesOf } from '../../../src/state/downloads.ts';
import { EditsState } from '../../../src/state/edits.svelte.ts';
import { Notices } from '../../../src/state/notices.svelte.ts';
import type { Services } from '../../../src/state/services.ts';
import { SetsState } from '../../../src/state/sets.svelte.ts';
import {
  groupings,
  madeFrom,
  planDraw,
  planSplit,
  sizeOf,
  smallTestSaid,
  type PartForm,
} from '../../../src/state/splitPlan.ts';
import { changeSentences } from '../../../src/storage/datasetEdits.ts';
import { deleteDatasets, listDatasets, sentencesOf } from '../../../src/storage/datasets.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { sentence } from './sentences.ts';

let database: Database;
let datasets: DatasetsState;
let notices: Notices;
let edits: EditsState;
let sets: SetsState;
let number = 0;

beforeEach(async () => {
  database = await openDatabase({ name: `sets ${String(number++)}` });
  let id = 0;
  datasets = new DatasetsState({ database, now: () => 1000, newId: () => `id ${String(id++)}` } as unknown as Services);
  notices = new Notices();
  edits = new EditsState(datasets);
  sets = new SetsState(datasets, edits, notices);
});
afterEach(() => database.close());

const many: readonly Sentence[] = Array.from({ length: 20 }, (_, i) => ({
  ...sentence(`Ada ${String(i)} spoke`, [[0, 3, i % 4 === 0 ? 'ORG' : 'PER']]),
  meta: { doc: String(i % 5), page: String(i), same: 'x' },
}));
const source = { fileName: 'f', format: 'jsonl' };
const gold: NewDataset = { name: 'gold', role: 'gold', sentences: many, findings: [], source, notice: 'n' };

const deal = { seed: '0', stratify: true, groupBy: '' };
const parts: readonly PartForm[] = [
  { key: 0, name: 'dev', role: 'dev', size: '20 %' },
  { key: 1, name: 'test', role: 'test', size: '4' },
  { key: 2, name: 'train', role: 'gold', size: '' },
];

async function split(): Promise<void> {
  const [id = ''] = await datasets.add([gold]);
  const dataset = datasets.find(id)!;
  const plan = planSplit(dataset.sentences, parts, deal);
  if (!plan.ok) throw new Error(plan.problem);
  const made = parts.map(({ name, role }, i) =>
    madeFrom([dataset], `Part ${String(i + 1)}`, { name, role, sentences: plan.parts[i]!.sentences }),
  );
  await sets.make('split', made, [dataset]);
}

const undo = async () => {
  notices.list.at(-1)?.action?.run();
  await new Promise((resolve) => setTimeout(resolve, 50));
};

describe('plans', () => {
  test.each([
    ['200', { count: 200 }],
    ['10 %', { share: 0.1 }],
    ['12,5%', { share: 0.125 }],
    ['1.5', null],
    ['110 %', null],
    ['-3', null],
    ['', null],
  ])('the size “%s”', (text, size) => {
    expect(sizeOf(text)).toEqual(size);
  });

  test('a test set of few entities is told, with those that the project has already', () => {
    const told = (sentences: readonly Sentence[], held: readonly string[] = []) =>
      smallTestSaid(
        parts,
        planSplit(sentences, parts, deal),
        held.map((role) => ({ ...gold, role, counts: { labels: { PER: 46 } } }) as unknown as HeldDataset),
      );
    // 1.96 √(0.21 / 4) = 0.449
    expect(told(many)).toContain('Test would hold 4 entities: by so few a score may be off by about 45 points.');
    expect([told(many, ['test']), told(many, ['gold'])]).toEqual([null, told(many)]);
    expect(told(many.map((one) => ({ ...one, spans: [] })))).toBe(
      'Test would hold no entity: nothing could be scored on it.',
    );
    expect(smallTestSaid(parts.slice(2), planSplit(many, parts.slice(2), deal), [])).toBeNull();
  });

  test('a split is shown before it is done: each sentence once, labels by their share', () => {
    const plan = planSplit(many, parts, deal);
    if (!plan.ok) throw new Error(plan.problem);
    expect(plan.parts.map(({ counts }) => [counts.sentences, counts.labels['ORG']])).toEqual([
      [4, 1],
      [4, 1],
      [12, 3],
    ]);
    expect(new Set(plan.parts.flatMap((part) => part.sentences))).toEqual(new Set(many));
  });

  test('what cannot be is told in words', () => {
    const wrong = (plan: ReturnType<typeof planSplit>) => (plan.ok ? '' : plan.problem);
    expect(wrong(planSplit(many, [{ ...parts[0]!, size: 'some' }, parts[2]!], deal))).toContain('“some” is no size');
    expect(wrong(planSplit(many, [{ ...parts[0]!, size: '21' }, parts[2]!], deal))).toContain('21 of 20 sentences');
    expect(wrong(planSplit(many, parts, { ...deal, seed: '-1' }))).toContain('seed');
  });

  test('drawn to be labelled anew: the labels are off, the rest of the sentence stays', () => {
    const plan = planDraw(many, '5', deal, true);
    const drawn = plan.ok ? plan.parts[0]!.sentences : [];
    expect(drawn).toHaveLength(5);
    for (const { text, spans, meta } of drawn) {
      expect(spans).toBeNull();
      expect(many.find((s) => s.text === text)?.meta).toEqual(meta);
    }
  });

  test('only what tells groups apart can keep them together', () => {
    expect(groupings(many)).toEqual([{ name: 'doc', groups: 5 }]);
  });
});

describe('on the shelf', () => {
  test('a split is stored with its origin, the first is set aside; undo brings all back', async () => {
    await split();
    expect(datasets.list.map(({ name, role }) => `${name} ${role}`)).toEqual([
      'gold aside',
      'dev dev',
      'test test',
      'train gold',
    ]);
    expect((await listDatasets(database))[1]?.source.made).toEqual({ from: ['id 0'], how: 'Part 1' });
    expect(datasets.list.map(({ notice }) => notice)).toEqual(['n', 'n', 'n', 'n']);
    expect(datasets.runData.gold).toHaveLength(12);
    await undo();
    expect(datasets.list.map(({ name, role }) => `${name} ${role}`)).toEqual(['gold gold']);
    expect(await listDatasets(database)).toHaveLength(1);
  });

  test('undo does not take later work with it', async () => {
    await split();
    const dev = datasets.list[1]!;
    await datasets.replace(dev.id, dev.sentences.slice(1));
    await undo();
    expect(datasets.list).toHaveLength(4);
    expect(notices.list.at(-1)?.what).toContain('“dev” was changed since');
  });

  test('changed labels take in what was edited here and in another tab just before', async () => {
    const [id = ''] = await datasets.add([gold]);
    const held = datasets.find(id)!;
    edits.begin(id);
    edits.change({ at: 2, before: many[2]!, after: { ...many[2]!, spans: [{ start: 0, end: 3, label: 'LOC' }] } });
    const theirs = { ...many[7]!, spans: [{ start: 0, end: 3, label: 'MISC' }] };
    await changeSentences(database, id, [{ at: 7, before: many[7]!, after: theirs }]);
    await sets.changeLabels(held, { ORG: 'PER', LOC: 'PLACE' });
    const stored = await sentencesOf(database, id);
    expect(stored).toEqual(datasets.find(id)?.sentences);
    expect(stored.map(({ spans }) => spans?.[0]?.label)).toEqual(
      many.map((_, i) => (i === 2 ? 'PLACE' : i === 7 ? 'MISC' : 'PER')),
    );
    expect((await listDatasets(database))[0]?.counts).toEqual(datasets.find(id)?.counts);
  });

  test('labels stay where an edit before cannot be saved', async () => {
    const [id = ''] = await datasets.add([gold]);
    edits.begin(id);
    const failing = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    edits.change({ at: 2, before: many[2]!, after: { ...many[2]!, spans: [] } });
    await sets.changeLabels(datasets.find(id)!, { ORG: 'PER' });
    failing.mockRestore();
    expect(notices.list.at(-1)?.what).toContain('no room');
    expect(await sentencesOf(database, id)).toEqual(many);
    expect(datasets.find(id)?.sentences[2]?.spans).toEqual([]);
    expect(datasets.find(id)?.counts.labels['ORG']).toBe(5);
  });

  test('labels are merged, and given back by undo', async () => {
    const [id = ''] = await datasets.add([gold]);
    await sets.changeLabels(datasets.find(id)!, { ORG: 'PER' });
    expect(datasets.find(id)?.counts.labels).toEqual({ PER: 20 });
    expect((await sentencesOf(database, id)).every(({ spans }) => spans?.[0]?.label === 'PER')).toBe(true);
    expect(notices.list.at(-1)?.what).toBe('“gold”: 5 labels changed, 0 left out.');
    await undo();
    expect(await sentencesOf(database, id)).toEqual(many);
  });

  test('the tools follow the choice', async () => {
    const [a = '', b = ''] = await datasets.add([gold, { ...gold, name: 'b' }]);
    expect(sets.tools).toEqual([]);
    sets.choose(a, true);
    sets.asked = 'split';
    expect([sets.tool, sets.tools.length]).toEqual(['split', 5]);
    sets.choose(b, true);
    expect([sets.tool, sets.tools.map(({ id }) => id)]).toEqual([null, ['compare', 'combine', 'download']]);
    await datasets.remove(a);
    expect(sets.chosen.map(({ name }) => name)).toEqual(['b']);
  });

  test('joined, subtracted, intersected', async () => {
    const [a = '', b = ''] = await datasets.add([gold, { ...gold, name: 'b', sentences: many.slice(5, 8) }]);
    const [first, other] = [datasets.find(a)!, datasets.find(b)!];
    const sizes = combinings.map(({ id, make }) => [id, make(first, [other], 'words').length]);
    expect(sizes).toEqual([
      ['join', 23],
      ['subtract', 17],
      ['intersect', 3],
    ]);
    expect(repeatedIn([first, other])).toBe(3);
  });
});

test('agreement: of what both label, what differs; nothing shared is no agreement', async () => {
  const other = [
    sentence('Ada 0 spoke', [[0, 3, 'PER']]),
    sentence('Ada 1 spoke', [[0, 3, 'PER']]),
    sentence('Ada 2 spoke', null),
    sentence('Bob left', []),
  ];
  await datasets.add([gold, { ...gold, name: 'b', sentences: other }, { ...gold, sentences: other.slice(2) }]);
  const [a, b, c] = datasets.list;
  const compared = compare(a!, b!)!;
  expect([compared.shared, compared.agreement.sentences, compared.differing.length]).toEqual([3, 2, 1]);
  expect(compared.agreement.spans).toEqual({ f1: 0.5, both: 1, a: 2, b: 2 });
  expect(compared.differing[0]?.a.text).toBe('Ada 0 spoke');
  expect(compare(a!, c!)).toBeNull();
});

test('downloads: what a format cannot hold is told and stays behind; several files make a zip', async () => {
  await datasets.add([
    { ...gold, name: 'a/b: c', sentences: [...many.slice(0, 2), sentence('unseen', null)] },
    { ...gold, name: 'a/b: c' },
  ]);
  const [first] = datasets.list;
  expect(lossesOf([first!], 'jsonl')).toEqual([{ name: 'a/b: c', findings: [], leftBehind: 0 }]);
  expect(lossesOf([first!], 'conll')[0]).toMatchObject({ leftBehind: 1 });
  const one = downloadOf([first!], 'conll');
  expect(one.fileName).toBe('a-b-c.conll');
  expect(one.content).toBe('Ada B-ORG\n0 O\nspoke O\n\nAda B-PER\n1 O\nspoke O\n\n');
  const { fileName, content } = downloadOf(datasets.list, 'jsonl');
  const files = unzipSync(content as Uint8Array);
  expect([fileName, Object.keys(files)]).toEqual(['datasets.zip', ['a-b-c.jsonl', 'a-b-c-2.jsonl']]);
  expect(strFromU8(files['a-b-c-2.jsonl']!).trim().split('\n')).toHaveLength(20);
  expect(fileStem('../..')).toBe('dataset');
});

test('the sentences of a test set are taken out of all that is trained on, and put back', async () => {
  const silver: NewDataset = { ...gold, name: 'silver', role: 'silver', sentences: many.slice(0, 12) };
  const judged: NewDataset = { ...gold, name: 'test', role: 'test', sentences: many.slice(10) };
  const ids = await datasets.add([gold, silver, judged]);
  const sizes = () => ids.map((id) => datasets.find(id)!.counts.sentences);
  expect(datasets.overlaps.get(ids[2]!)?.count).toBe(10);
  await sets.takeOutOfTraining(datasets.find(ids[2]!)!);
  expect(sizes()).toEqual([10, 10, 10]);
  expect(datasets.overlaps.size).toBe(0);
  expect(notices.list[0]!.what).toContain('out of “gold” and “silver”');
  expect(await sentencesOf(database, ids[0]!)).toEqual(many.slice(0, 10));
  notices.list[0]!.action!.run();
  await vi.waitFor(() => expect(sizes()).toEqual([20, 12, 10]));
  expect(await sentencesOf(database, ids[1]!)).toEqual(many.slice(0, 12));
});

test('what another tab has changed of the training data stays, and what was taken out before a failure can be put back', async () => {
  const silver: NewDataset = { ...gold, name: 'silver', role: 'silver', sentences: many.slice(0, 12) };
  const judged: NewDataset = { ...gold, name: 'test', role: 'test', sentences: many.slice(8) };
  const ids = await datasets.add([gold, silver, judged]);
  const theirs = { ...many[7]!, spans: [] };
  await changeSentences(database, ids[1]!, [{ at: 7, before: many[7]!, after: theirs }]);
  await sets.takeOutOfTraining(datasets.find(ids[2]!)!);
  expect(notices.list.map(({ kind }) => kind)).toEqual(['done']);
  expect(await sentencesOf(database, ids[1]!)).toEqual([...many.slice(0, 7), theirs]);
  notices.list[0]!.action!.run();
  await vi.waitFor(() => expect(datasets.find(ids[1]!)!.counts.sentences).toBe(12));

  notices = new Notices();
  sets = new SetsState(datasets, edits, notices);
  await deleteDatasets(database, [ids[1]!]); // by another tab
  await sets.takeOutOfTraining(datasets.find(ids[2]!)!);
  expect(notices.list.map(({ kind }) => kind)).toEqual(['done', 'error']);
  expect(notices.list[0]!.what).toBe('The sentences of “test” were taken out of “gold”.');
  expect(await sentencesOf(database, ids[0]!)).toEqual(many.slice(0, 8));
  notices.list[0]!.action!.run();
  await vi.waitFor(async () => expect(await sentencesOf(database, ids[0]!)).toEqual(many));
});

test('what is edited while sentences are taken out or labels changed is not lost by the step back', async () => {
  const judged: NewDataset = { ...gold, name: 'test', role: 'test', sentences: many.slice(10) };
  const ids = await datasets.add([gold, judged]);
  const held = () => datasets.find(ids[0]!)!;
  const tasks = [
    { task: () => sets.takeOutOfTraining(datasets.find(ids[1]!)!), shown: () => held().sentences.length === 10 },
    {
      task: () => sets.changeLabels(held(), { ORG: 'PER' }),
      shown: () => held().sentences[0]!.spans![0]!.label === 'PER',
    },
  ];
  for (const { task, shown } of tasks) {
    const going = task();
    while (!shown()) await new Promise((resolve) => setImmediate(resolve)); // before it is stored
    const before = held().sentences[1]!;
    const after = { ...before, text: `${before.text}!` };
    datasets.show(ids[0]!, [{ at: 1, before, after }]);
    await going;
    await changeSentences(database, ids[0]!, [{ at: 1, before, after }]);
    notices.list.at(-1)!.action!.run();
    await vi.waitFor(() => expect(notices.list.map(({ kind }) => kind)).toContain('error'));
    expect(held().sentences[1]).toBe(after);
    notices = new Notices();
    sets = new SetsState(datasets, edits, notices);
  }
});

test('a second labelling of the same sentences is set aside, and taken back', async () => {
  const ids = await datasets.add([gold, { ...gold, name: 'by another' }]);
  const role = () => datasets.find(ids[1]!)!.role;
  expect(datasets.overlaps.get(ids[1]!)).toEqual({ count: 20, inside: 'gold' });
  await sets.setAside(datasets.find(ids[1]!)!);
  expect([role(), datasets.overlaps.size]).toEqual(['aside', 0]);
  notices.list[0]!.action!.run();
  await vi.waitFor(() => expect(role()).toBe('gold'));
});
