import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import type { CheckId, Part } from '../../../src/data/findings/check.ts';
import type { Finding, FindingCode, Role, Sentence } from '../../../src/data/types.ts';
import { noFilter } from '../../../src/state/browse.ts';
import { BrowseState } from '../../../src/state/browse.svelte.ts';
import { DatasetsState } from '../../../src/state/datasets.svelte.ts';
import { EditsState } from '../../../src/state/edits.svelte.ts';
import type { Services } from '../../../src/state/services.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { sentence } from './sentences.ts';

let number = 0;
/** What a worker finds that has a tokenizer: here, that sentences which begin with a Z are too long. */
const look = (check: CheckId, parts: readonly Part[]) =>
  Promise.resolve(
    parts.flatMap(({ sentences }, part) =>
      sentences.flatMap(({ text }, sentence) =>
        text.startsWith('Z') ? { check, part, sentence, message: '', fix: null } : [],
      ),
    ),
  );
/** A model that gives each word its place in the sentence as probability, from 1 down, and fails for the run `gone`. */
const predictSurely = (runId: string, sentences: readonly Sentence[]) =>
  runId === 'gone'
    ? Promise.reject(new AppError('file-missing', ''))
    : Promise.resolve({
        spans: [],
        probabilities: sentences.map(({ words }) => Float32Array.from(words, (_, i) => 1 - 0.3 * i)),
      });
async function opened(): Promise<{ datasets: DatasetsState; browse: BrowseState }> {
  let id = 0;
  const database = await openDatabase({ name: `browse ${String(number++)}` });
  const services = {
    client: { predictSurely },
    imports: { look },
    database,
    now: () => 1,
    newId: () => String(id++),
  } as unknown as Services;
  const datasets = new DatasetsState(services);
  const one = (name: string, role: Role, sentences: readonly Sentence[]) => {
    return { name, role, sentences, findings: [], source: { fileName: '', format: '' }, notice: '' };
  };
  await datasets.add([
    one('gold', 'gold', [sentence('Ada'), sentence('Bob', [[0, 3, 'PER']]), { ...sentence('Ada'), id: 'again' }]),
    one('other silver', 'silver', [sentence('Eve')]),
    one('silver', 'silver', [sentence('Bob', [[0, 3, 'ORG']])]),
    one('test', 'test', [sentence('Bob', [])]),
  ]);
  return { datasets, browse: new BrowseState(datasets, '0', noFilter) };
}

test('beside gold stands the silver that shares a text, or what was chosen', async () => {
  const { browse } = await opened();
  expect([browse.beside?.name, browse.besideName]).toEqual(['silver', 'silver']);
  expect(browse.found.differing).toBe(1);
  browse.compareWith('3');
  expect([browse.beside?.name, browse.besideName]).toEqual(['test', 'test']);
  browse.compareWith('');
  expect(browse.beside).toBeNull();
  expect(browse.found.differing).toBe(0);
});

test('a finding leads to its sentences: here a repeat and a leak', async () => {
  const { browse } = await opened();
  browse.set({ ...noFilter, check: 'duplicate' });
  expect(browse.found.places).toEqual([]);
  await expect.poll(() => browse.checking).toBe(false);
  expect(browse.checked?.map(({ id, says }) => [id, [...says.keys()]])).toEqual(
    expect.arrayContaining([
      ['duplicate', [2]],
      ['leak', [1]],
    ]),
  );
  expect(browse.found.places).toEqual([2]);
});

test('what is too long is asked of the worker, and stands in its own place', async () => {
  const { datasets, browse } = await opened();
  const long = ['A', 'Z'].map((first) => sentence(first.padEnd(200, ' z')));
  await datasets.replace('0', [...browse.dataset.sentences, ...long]);
  await browse.check();
  expect(browse.checked?.filter(({ id }) => id === 'too-long').map(({ says }) => [...says.keys()])).toEqual([[4]]);
});

test('a model says which sentences it is unsure of, by the word it is least sure of', async () => {
  const { datasets, browse } = await opened();
  await datasets.replace('0', [...browse.dataset.sentences, sentence('one two'), sentence('one two three')]);
  browse.set({ ...noFilter, unsure: true });
  expect(browse.found.places).toEqual([0, 1, 2, 3, 4]); // no model was asked yet
  await browse.askModel('r');
  expect([browse.askedRun, browse.asking, browse.unsure?.size]).toEqual(['r', null, 1]);
  expect(browse.found.places).toEqual([4]);
  await expect(browse.askModel('gone')).rejects.toMatchObject({ code: 'file-missing' });
  expect([browse.askedRun, browse.asking, browse.unsure]).toEqual(['', null, null]);
});

test('checks are asked again once something was edited, and only then', async () => {
  const { datasets, browse } = await opened();
  browse.set({ ...noFilter, check: 'duplicate' });
  await expect.poll(() => browse.checking).toBe(false);
  const { checked } = browse;
  await browse.check();
  expect(browse.checked).toBe(checked);

  await datasets.replace('0', browse.dataset.sentences.slice(0, 2)); // the repeat goes
  expect(browse.found.places).toEqual([]); // nothing is shown that is not there
  browse.set({ ...noFilter, check: 'duplicate' });
  await expect.poll(() => browse.checking).toBe(false);
  expect(browse.checked?.map(({ id }) => id)).not.toContain('duplicate');
  expect(browse.found.places).toEqual([]);

  await datasets.setRole('3', 'aside'); // with the test data the leak goes
  await browse.check();
  expect(browse.checked?.map(({ id }) => id)).not.toContain('leak');
});

test('a row stays while it is edited, though it no longer fits', async () => {
  const { datasets, browse } = await opened();
  browse.set({ ...noFilter, label: 'PER' });
  expect(browse.found.places).toEqual([1]);
  const edits = new EditsState(datasets);
  edits.begin('0');
  const before = browse.dataset.sentences[1]!;
  edits.change({ at: 1, before, after: { ...before, spans: [] } });
  expect(browse.found.places).toEqual([1]);
  expect(browse.dataset.sentences[1]?.spans).toEqual([]);
  await edits.store();
  browse.set(browse.filter);
  expect(browse.found.places).toEqual([]);
});

test('what the reader of the file said leads to its sentences too, beside what the checks say', async () => {
  const { datasets } = await opened();
  const told = (code: FindingCode, id: string, severity: Finding['severity'] = 'warning') => {
    return { code, severity, line: 9, message: `${code} in ${id}.`, sentence: id };
  };
  const sentences = ['Ada', 'Bob', 'Eve'].map((text) => sentence(text, [[0, 2, 'PER']]));
  const findings: Finding[] = [
    told('illegal-opening', sentences[1]!.id),
    told('span-cuts-word', sentences[2]!.id),
    told('illegal-opening', 'gone'),
    { code: 'malformed-line', severity: 'error', line: 3, message: 'Left out.' },
  ];
  const [id = ''] = await datasets.add([{ ...datasets.list[0]!, sentences, findings }]);
  const browse = new BrowseState(datasets, id, { ...noFilter, check: 'illegal-opening' });
  expect(browse.found.places).toEqual([1]); // at once, for nothing has to be looked for
  expect(browse.faultsAt(1)).toEqual([
    { id: 'illegal-opening', severity: 'warning', says: `illegal-opening in ${sentences[1]!.id}.` },
  ]);
  browse.set({ ...noFilter, check: 'span-cuts-word' });
  await expect.poll(() => browse.checking).toBe(false);
  // The check of the same name finds all three, and says of each how it is now.
  expect(browse.found.places).toEqual([0, 1, 2]);
  expect(browse.faultsAt(2).map(({ says }) => says)).toEqual([expect.stringContaining('begins or ends inside a word')]);
  expect(browse.faults.filter(({ id: fault }) => fault === 'span-cuts-word')).toHaveLength(1);
});
