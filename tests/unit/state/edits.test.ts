import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Sentence } from '../../../src/data/types.ts';
import { DatasetsState } from '../../../src/state/datasets.svelte.ts';
import { EditorState } from '../../../src/state/editor.svelte.ts';
import { EditsState } from '../../../src/state/edits.svelte.ts';
import type { Services } from '../../../src/state/services.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { listDatasets, replaceSentences, sentencesOf } from '../../../src/storage/datasets.ts';
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

test('edits of two tabs meet: of two sentences both stand, of one sentence none is overwritten', async () => {
  const [first, second] = [held()[0]!, held()[1]!];
  await replaceSentences(database, id, [{ at: 1, before: second, after: { ...second, spans: [] } }]);
  await replaceSentences(database, id, [{ at: 0, before: first, after: { ...first, spans: [] } }]);
  const late = replaceSentences(database, id, [
    { at: 2, before: held()[2]!, after: { ...held()[2]!, spans: [] } },
    { at: 1, before: second, after: second },
  ]);
  await expect(late).rejects.toMatchObject({ code: 'sentence-changed' });
  const now = await stored();
  expect(now.slice(0, 3).map(({ spans }) => spans)).toEqual([[], [], null]);
  const gone = replaceSentences(database, 'nowhere', [{ at: 0, before: first, after: first }]);
  await expect(gone).rejects.toMatchObject({ code: 'sentence-changed' });
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
