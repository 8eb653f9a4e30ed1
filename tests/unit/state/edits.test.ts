import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Sentence } from '../../../src/data/types.ts';
import { DatasetsState } from '../../../src/state/datasets.svelte.ts';
import { EditorState } from '../../../src/state/editor.svelte.ts';
import { EditsState } from '../../../src/state/edits.svelte.ts';
import type { Services } from '../../../src/state/services.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { changeSentences } from '../../../src/storage/datasetEdits.ts';
import { listDatasets, sentencesOf } from '../../../src/storage/datasets.ts';
import { createRandom } from '../../../src/core/random.ts';
import { takeIntoGold } from '../../../src/state/takeGold.ts';
import { sentence } from './sentences.ts';

let database: Database;
let datasets: DatasetsState;
let edits: EditsState;
let number = 0;
const id = 'id 0';
/** Over two chunks, so that edits reach more than one record. */
const texts = Array.from({ length: 1200 }, (_, i) => `Ada met Bob ${String(i)}`);

beforeEach(async () => {
  database = await openDatabase({ name: `edits ${String(number++)}` });
  let next = 0;
  const services = {
    client: {},
    database,
    now: () => 1000,
    newId: () => `id ${String(next++)}`,
  } as unknown as Services;
  datasets = new DatasetsState(services);
  const sentences = texts.map((text, i) => sentence(text, i % 2 === 0 ? null : [[0, 3, 'PER']]));
  await datasets.add([
    { name: 'g', role: 'gold', sentences, findings: [], source: { fileName: '', format: '' }, notice: '' },
  ]);
  edits = new EditsState(datasets);
});
afterEach(() => {
  vi.restoreAllMocks();
  database.close();
});

const editor = (order: readonly number[], at: number) =>
  new EditorState(edits, () => datasets.find(id)!, ['MISC'], order, at);
const stored = () => sentencesOf(database, id);
const held = (): readonly Sentence[] => datasets.find(id)!.sentences;

test('an edit is shown at once, stored with its counts, and there after a reload', async () => {
  const open = editor([0, 1, 1100], 1100);
  open.step(1, false);
  open.label('LOC');
  expect(held()[1100]?.spans).toEqual([{ start: 0, end: 3, label: 'LOC' }]);
  expect(edits.saving).toBe('saving');
  await edits.store();
  expect(edits.saving).toBe('saved');
  expect(await stored()).toEqual(held());
  const [kept] = await listDatasets(database);
  expect(kept?.counts).toEqual(datasets.find(id)?.counts);
  expect(kept?.counts).toMatchObject({ labelled: 601, labels: { PER: 600, LOC: 1 } });
  expect(open.labels).toEqual(['PER', 'MISC', 'LOC']);
});

test('many edits, then as many undone: the same bits; done again: the same as before', async () => {
  const before = JSON.stringify(held());
  const random = createRandom(3, 'edits');
  const open = editor([0, 1, 2, 1100], 0);
  for (let i = 0; i < 60; i++) {
    const kind = random.below(5);
    if (kind === 0) open.go(random.below(2) === 0 ? 1 : -1);
    else if (kind === 1) open.remove();
    else if (kind === 2) open.markEmpty();
    else {
      open.step(1, random.below(2) === 0);
      open.label(['PER', 'ORG', 'X'][random.below(3)]!);
    }
  }
  const after = JSON.stringify(held());
  expect(after).not.toBe(before);
  while (edits.canUndo) open.undo();
  expect(JSON.stringify(held())).toBe(before);
  await edits.store();
  expect(JSON.stringify(await stored())).toBe(before);
  while (edits.canRedo) open.redo();
  expect(JSON.stringify(held())).toBe(after);
  await edits.store();
  expect(JSON.stringify(await stored())).toBe(after);
});

test('undo goes to the sentence whose edit it takes back', () => {
  const open = editor([0, 1, 2], 0);
  open.step(1, false);
  open.label('LOC');
  open.go(1);
  open.go(1);
  expect(open.at).toBe(2);
  open.undo();
  expect(open.at).toBe(0);
  expect(held()[0]?.spans).toBeNull();
});

test('what cannot be stored stays in memory, is told, and is stored later as one change', async () => {
  const failing = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  const open = editor([0, 1], 0);
  open.step(1, false);
  open.label('LOC');
  await edits.store();
  expect(edits.saving).toBe('failed');
  expect(edits.problem?.what).toMatch(/no room/);
  open.label('ORG');
  await edits.store();
  expect(held()[0]?.spans).toEqual([{ start: 0, end: 3, label: 'ORG' }]);
  expect((await stored())[0]?.spans).toBeNull();
  failing.mockRestore();
  await edits.store();
  expect(edits.saving).toBe('saved');
  expect(edits.problem).toBeNull();
  expect(await stored()).toEqual(held());
});

test('what could not be stored is shown still after the list was read again, and is stored then', async () => {
  const failing = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  editor([0], 0).markEmpty();
  await edits.store();
  failing.mockRestore();
  await datasets.load();
  expect(held()[0]?.spans).toEqual([]);
  await edits.store();
  expect(await stored()).toEqual(held());
  expect(edits.undo()).toBe(0);
});

test('taking back a new gold dataset: it goes, but for what was edited in it since', async () => {
  const from = datasets.find(id)!;
  const take = () => takeIntoGold(datasets, edits, from, [held()[1]!, held()[3]!], '', 'keep');
  await (await take()).undo();
  expect(datasets.list.map((dataset) => dataset.id)).toEqual([id]);
  const taken = await take();
  const gold = datasets.list[1]!;
  expect([gold.name, gold.source.made?.from]).toEqual(['g, gold', [id]]);
  new EditorState(edits, () => datasets.find(gold.id)!, [], [0, 1], 1).takeFrom(sentence('', []), 'other');
  await taken.undo();
  expect(datasets.list[1]?.sentences.map(({ text, spans }) => [text, spans])).toEqual([[texts[3], []]]);
  expect(await sentencesOf(database, gold.id)).toEqual(datasets.list[1]?.sentences);
});

/** Another tab: the same database, read anew. */
async function otherTab() {
  const other = new DatasetsState({ database, now: () => 2000, newId: () => 'copy' } as unknown as Services);
  await other.load();
  return other;
}
const relabelled = (at: number, label: string): Sentence => ({
  ...held()[at]!,
  spans: [{ start: 0, end: 3, label }],
});
const theirs = async (at: number, label: string) => {
  const stood = (await stored())[at]!;
  await changeSentences(database, id, [
    { at, before: stood, after: { ...stood, spans: [{ start: 0, end: 3, label }] } },
  ]);
};
const labelAt = (sentences: readonly Sentence[], at: number) => sentences[at]?.spans?.[0]?.label;

test('edits of two tabs meet: of two sentences both stand, of one sentence none is overwritten', async () => {
  const [first, second, third] = [held()[0]!, held()[1]!, held()[2]!];
  await changeSentences(database, id, [{ at: 1, before: second, after: { ...second, spans: [] } }]);
  const clashes = await changeSentences(database, id, [
    { at: 0, before: first, after: { ...first, spans: [] } },
    { at: 2, before: third, after: { ...third, spans: [] } },
    { at: 1, before: second, after: relabelled(1, 'X') },
  ]);
  expect(clashes).toEqual([
    { change: { at: 1, before: second, after: relabelled(1, 'X') }, stored: { ...second, spans: [] } },
  ]);
  expect((await stored()).slice(0, 4).map(({ spans }) => spans?.length)).toEqual([0, 0, 0, 1]);
  expect((await listDatasets(database))[0]?.counts).toMatchObject({ labelled: 602, labels: { PER: 599 } });
  // The same edit in both tabs is no clash.
  expect(await changeSentences(database, id, [{ at: 0, before: first, after: { ...first, spans: [] } }])).toEqual([]);
  const moved = changeSentences(database, id, [
    { at: 5, before: held()[5]!, after: { ...held()[5]!, spans: [] } },
    { at: 4, before: first, after: first },
  ]);
  await expect(moved).rejects.toMatchObject({ code: 'sentence-changed' });
  expect((await stored())[5]).toEqual(held()[5]);
  const gone = changeSentences(database, 'nowhere', [{ at: 0, before: first, after: first }]);
  await expect(gone).rejects.toMatchObject({ code: 'sentence-changed' });
});

test('a clash is told, all other edits are stored, and the person says which stays', async () => {
  const open = editor([0, 1, 2], 0);
  const edit = (at: number, label: string) => edits.change({ at, before: held()[at]!, after: relabelled(at, label) });
  await theirs(0, 'THEIRS');
  await theirs(1, 'THEIRS');
  edit(0, 'MINE');
  edit(1, 'MINE');
  edit(2, 'MINE');
  await edits.store();
  expect(edits.saving).toBe('failed');
  expect(edits.clashes.map(({ change }) => change.at)).toEqual([0, 1]);
  expect([0, 1, 2].map((at) => labelAt(held(), at))).toEqual(['MINE', 'MINE', 'MINE']);
  await expect(edits.settle()).rejects.toMatchObject({ code: 'sentence-changed' });
  edit(0, 'MINE AGAIN'); // belongs to the clash, and others are stored all the same
  edit(5, 'MINE');
  await edits.store();
  const now = await stored();
  expect([0, 1, 2, 5].map((at) => labelAt(now, at))).toEqual(['THEIRS', 'THEIRS', 'MINE', 'MINE']);

  await edits.keepMine();
  expect(edits.saving).toBe('saved');
  expect(await stored()).toEqual(held());
  expect([0, 1].map((at) => labelAt(held(), at))).toEqual(['MINE AGAIN', 'MINE']);
  expect((await listDatasets(database))[0]?.counts).toEqual(datasets.find(id)?.counts);
  expect(open.sentence).toBe(held()[0]);
});

test('taking the other tab’s edit shows it, and undo brings the own one back', async () => {
  editor([0], 0);
  await theirs(0, 'THEIRS');
  edits.change({ at: 0, before: held()[0]!, after: relabelled(0, 'MINE') });
  await edits.store();
  await edits.takeTheirs();
  expect([edits.saving, labelAt(held(), 0), labelAt(await stored(), 0)]).toEqual(['saved', 'THEIRS', 'THEIRS']);
  expect(edits.undo()).toBe(0);
  await edits.store();
  expect([edits.saving, labelAt(held(), 0), labelAt(await stored(), 0)]).toEqual(['saved', 'MINE', 'MINE']);
  expect(datasets.find(id)?.counts).toEqual((await listDatasets(database))[0]?.counts);
});

test('where another tab has moved the sentences, what is here becomes data of its own, and other data are saved on', async () => {
  const [second = ''] = await datasets.add([
    {
      name: 'h',
      role: 'dev',
      sentences: [sentence('Eve', null)],
      findings: [],
      source: { fileName: '', format: '' },
      notice: '',
    },
  ]);
  const other = await otherTab();
  await other.replace(id, other.find(id)!.sentences.slice(1));
  editor([3], 3);
  edits.change({ at: 3, before: held()[3]!, after: relabelled(3, 'MINE') });
  await edits.store();
  expect([edits.saving, edits.moved]).toEqual(['failed', id]);
  edits.begin(second);
  const [eve] = datasets.find(second)!.sentences;
  edits.change({ at: 0, before: eve!, after: { ...eve!, spans: [] } });
  await edits.store();
  expect([edits.saving, edits.moved]).toEqual(['failed', id]);
  expect((await sentencesOf(database, second))[0]?.spans).toEqual([]);

  const mine = held();
  await edits.keepAsCopy();
  expect([edits.saving, edits.moved]).toEqual(['saved', '']);
  const copy = datasets.list.find(({ name }) => name === 'g, edited here');
  expect(copy?.role).toBe('aside');
  expect(await sentencesOf(database, copy!.id)).toEqual(mine);
  expect(held()).toEqual(await stored());
  expect(held()).toHaveLength(texts.length - 1);
});

test('what is put in place of sentences is written where it differs, and never over another tab’s work', async () => {
  const other = await otherTab();
  await theirs(1100, 'THEIRS'); // in the second chunk
  const puts = vi.spyOn(IDBObjectStore.prototype, 'put');
  await datasets.replace(id, [relabelled(0, 'MINE'), ...held().slice(1)]);
  expect(puts.mock.calls.map(([record]) => (record as { chunk?: number }).chunk)).toEqual([0, undefined]);
  const now = await stored();
  expect([labelAt(now, 0), labelAt(now, 1100)]).toEqual(['MINE', 'THEIRS']);
  const late = other.replace(id, [...other.find(id)!.sentences.slice(0, 5)]);
  await expect(late).rejects.toMatchObject({ code: 'sentence-changed' });
  expect(await stored()).toEqual(now);
  const kept = held()[3];
  await datasets.reread(id);
  expect(held()).toEqual(now);
  expect(held()[3]).toBe(kept);
});

test('gold that two tabs take into one dataset is all there, and each takes back its own', async () => {
  const [goldId = ''] = await datasets.add([
    { name: 'gold', role: 'gold', sentences: [], findings: [], source: { fileName: '', format: '' }, notice: '' },
  ]);
  const other = await otherTab();
  const from = datasets.find(id)!;
  const own = await takeIntoGold(datasets, edits, from, [held()[1]!], goldId, 'keep');
  const far = await takeIntoGold(
    other,
    new EditsState(other),
    other.find(id)!,
    [held()[3]!, held()[1]!],
    goldId,
    'keep',
  );
  expect([own.added, far.added, far.kept]).toEqual([1, 1, 1]);
  const gold = async () => (await sentencesOf(database, goldId)).map(({ text }) => text);
  expect(await gold()).toEqual([texts[1], texts[3]]);
  await own.undo();
  expect(await gold()).toEqual([texts[3]]);
  await far.undo();
  expect(await gold()).toEqual([]);
  expect((await listDatasets(database)).find((one) => one.id === goldId)?.counts.sentences).toBe(0);
});

test('work from elsewhere ends the history rather than being undone', async () => {
  const open = editor([0], 0);
  open.markEmpty();
  await edits.store();
  await datasets.replace(
    id,
    held().map((one) => ({ ...one, spans: [] })),
  );
  open.undo();
  expect(held()[0]?.spans).toEqual([]);
  expect(edits.canUndo).toBe(false);
});
