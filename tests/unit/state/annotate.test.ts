import 'fake-indexeddb/auto';
import { readFile } from 'node:fs/promises';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Sentence } from '../../../src/data/types.ts';
import { AnnotateState } from '../../../src/state/annotate.svelte.ts';
import { decodeForm, emptyForm } from '../../../src/state/annotateForm.ts';
import { summaryOf } from '../../../src/state/annotateResult.ts';
import { decodeRecipe, examplesFor, promptOf, questionsOf } from '../../../src/state/annotateRecipe.ts';
import { DatasetsState } from '../../../src/state/datasets.svelte.ts';
import { Notices } from '../../../src/state/notices.svelte.ts';
import { fileOf } from '../../../src/state/prompts.svelte.ts';
import { loadSample } from '../../../src/state/sample.ts';
import type { Services } from '../../../src/state/services.ts';
import { TeacherState } from '../../../src/state/teacher.svelte.ts';
import { readPrompt } from '../../../src/llm/prompts/promptFile.ts';
import { loadSetting } from '../../../src/storage/settings.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { faultKey } from '../../support/faultBodies.ts';
import { startFaultServer, type FaultServer } from '../../support/faultServer.ts';
import { createHarness } from '../../support/workerHarness.ts';
import { sentence } from './sentences.ts';

let database: Database;
let server: FaultServer | null = null;
let ids = 0;
const fetchText = (path: string) => readFile(`public/${path}`, 'utf8');

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
  vi.stubGlobal('document', { querySelector: () => null }); // no policy, as on the development server
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
});
afterEach(async () => {
  vi.unstubAllGlobals();
  database.close();
  await server?.close();
  server = null;
});

/** The page as it is after a load: everything from the database, no key. */
async function openPage(known: object = {}) {
  const client = { ...createHarness().client, ...known };
  const checkpoint = { from: 'beside', url: 'm/' };
  const services = {
    client,
    checkpoint,
    database,
    fetchText,
    locks: undefined,
    now: () => 1,
    newId: () => `id ${String(ids++)}`,
  };
  const whole = services as unknown as Services;
  const datasets = new DatasetsState(whole);
  const notices = new Notices();
  const recorded = new TeacherState(whole);
  const annotate = new AnnotateState(whole, datasets, notices, recorded);
  await datasets.load();
  await recorded.read('standard');
  await recorded.read('cot');
  await annotate.load();
  return { annotate, datasets, notices };
}

const source = { fileName: '', format: '' };
const rest = { findings: [], source, notice: '' };
const texts = Array.from({ length: 8 }, (_, i) => `Ada met Bo in Oslo ${String(i)}`);

/** A page with eight unlabelled sentences, and a server that finds Ada in each. */
async function openWithServer(fault: (n: number) => 'ok' | 'html' | 'refusal' | 'bad-key' = () => 'ok') {
  server = await startFaultServer({ fault, answer: () => '{"entities": [{"text": "ada", "type": "PER"}]}' });
  const page = await openPage();
  await page.datasets.add([
    { name: 'mine', role: 'unlabelled', sentences: texts.map((text) => sentence(text, null)), ...rest },
  ]);
  page.annotate.set({
    teacher: 'endpoint',
    server: 'other',
    endpoint: server.endpoint('openai'),
    model: 'm',
    count: '',
  });
  page.annotate.access.setKey(server.endpoint('openai'), faultKey);
  return page;
}

test('the recorded answers of the sample become the labels that the sample ships', async () => {
  const { annotate, datasets } = await openPage();
  await datasets.add(await loadSample(fetchText));
  expect([annotate.kind, annotate.dataset?.name, annotate.asked.length]).toEqual(['recorded', 'speeches, teacher', 50]);
  await annotate.start();
  const silver = datasets.list.at(-1)!;
  const shipped = new Map(datasets.list[0]!.sentences.map(({ id, spans }) => [id, spans]));
  expect(silver.sentences).toHaveLength(50);
  for (const { id, spans } of silver.sentences) expect(spans).toEqual(shipped.get(id));
  expect(silver.sentences[0]!.authors?.all.name).toBe('the sample’s recorded teacher, Standard v1');
  // The sample holds silver of these sentences already: training on both would count them twice.
  expect([silver.role, silver.source.job]).toEqual(['aside', annotate.jobs.list[0]!.id]);
  expect(silver.notice).toContain('written by language models');
});

test('an endpoint: labels, failures by their sentence, and the sentence without an answer stays unlabelled', async () => {
  const { annotate, datasets } = await openWithServer((n) => (n === 2 ? 'html' : n === 5 ? 'refusal' : 'ok'));
  await annotate.start();
  const { last } = annotate.jobs;
  const summary = summaryOf(last!);
  expect([summary.total, summary.answered, summary.left, summary.uncertain]).toEqual([8, 7, 0, []]);
  expect(summary.failed.map(({ what, sentences }) => [what, sentences.length])).toEqual([
    ['What came back is not an answer of this kind of provider, but a web page.', 1],
  ]);
  const silver = annotate.jobs.silverOf(last!.job.id)!;
  expect(silver.role).toBe('silver');
  expect(silver.sentences.filter(({ spans }) => spans === null)).toHaveLength(2);
  expect(silver.sentences.find(({ spans }) => spans !== null)).toMatchObject({
    spans: [{ start: 0, end: 3, label: 'PER' }],
    authors: { all: { kind: 'teacher', name: 'm, Standard v1' } },
  });
  expect(datasets.find(last!.job.source.datasetId)?.sentences.every(({ spans }) => spans === null)).toBe(true);
});

test('a request that was sent and never answered may have cost its most', async () => {
  const { annotate } = await openWithServer();
  await annotate.start();
  const last = annotate.jobs.last!;
  const [first, ...others] = last.records;
  const cut = { ...first!, status: 'sent', finish: null, text: '', costUsd: null, uncertainUsd: 0.25 } as const;
  const spec = { ...last.job.spec, price: { inputUsd: 1, outputUsd: 2 } };
  const summary = summaryOf({ ...last, job: { ...last.job, spec }, records: [cut, ...others] });
  const { system, user } = promptOf(last.recipe, last.sentences[0]!);
  const bytes = new TextEncoder().encode(system + user).length;
  // A token is a byte at least, 50 are for the form of the request; an answer has 1,024 at the most.
  expect(summary.uncertainUsd).toBeCloseTo(0.25 + (bytes + 50 + 1024 * 2) / 1e6, 12);
  expect(summary.uncertain.map(({ text }) => text)).toEqual([last.sentences[0]!.text]);
});

test('what failed is asked again on demand, and fills the dataset without touching what a person did there', async () => {
  const { annotate, datasets } = await openWithServer((n) => (n === 0 ? 'html' : 'ok'));
  await annotate.start();
  const { job } = annotate.jobs.last!;
  const silver = annotate.jobs.silverOf(job.id)!;
  const own = silver.sentences.map((one) => (one.text === texts[7] ? { ...one, spans: [] } : one));
  await datasets.replace(silver.id, own);
  await annotate.goOn(job, { failed: true, uncertain: false });
  expect(server!.received).toHaveLength(9);
  const after = datasets.find(silver.id)!.sentences;
  expect(after.every(({ spans }) => spans !== null)).toBe(true);
  expect(after.find(({ text }) => text === texts[7])?.spans).toEqual([]);
  expect(datasets.list).toHaveLength(2);
});

test('a step back takes the new dataset away, but no work that was done in it since', async () => {
  const { annotate, datasets, notices } = await openWithServer();
  await annotate.start();
  const silver = annotate.jobs.silverOf(annotate.jobs.last!.job.id)!;
  const undo = notices.list.at(-1)!.action!;
  await datasets.replace(silver.id, silver.sentences.with(0, { ...silver.sentences[0]!, spans: [] }));
  undo.run();
  await expect.poll(() => notices.list.at(-1)?.what).toContain('was changed since, and the change would be lost');
  expect(datasets.list).toHaveLength(2);
  await datasets.remove(silver.id);
  await annotate.jobs.keep(annotate.jobs.last!);
  notices.list.at(-1)!.action!.run();
  await expect.poll(() => datasets.list.map(({ name }) => name)).toEqual(['mine']);
});

test('after a reload the same questions are made again and none that has an answer is asked twice; no key is kept', async () => {
  const { annotate } = await openWithServer((n) => (n === 4 ? 'bad-key' : 'ok'));
  annotate.set({ concurrency: '1' });
  await annotate.start();
  const before = annotate.jobs.last!;
  expect([before.job.status, summaryOf(before).answered]).toEqual(['halted', 4]);
  const stored: unknown[] = [];
  for (const name of database.connection.objectStoreNames) stored.push(await database.connection.getAll(name));
  expect(JSON.stringify(stored)).not.toContain(faultKey);

  const { annotate: again } = await openPage();
  const { recipe, sentences, job } = again.jobs.last!;
  expect(questionsOf(recipe, sentences)).toEqual(questionsOf(before.recipe, before.sentences));
  expect([again.form.model, again.access.keyFor(again.form.endpoint)]).toEqual(['m', '']);
  await again.goOn(job); // without a key the server turns it down, and nothing is lost
  expect(summaryOf(again.jobs.last!)).toMatchObject({ answered: 4, left: 4 });
  again.access.setKey(again.form.endpoint, faultKey);
  await again.goOn(again.jobs.last!.job);
  expect(again.jobs.last!.job.status).toBe('finished');
  const answered = server!.received.filter(
    ({ fault, headers }) => fault === 'ok' && headers.authorization !== undefined,
  );
  expect([answered.length, new Set(answered.map(({ body }) => body)).size]).toEqual([8, 8]);
});

test('examples come from gold alone, never of probe, dev and test; the recipe shows none to its own sentence', async () => {
  const { annotate, datasets } = await openPage();
  const gold = Array.from({ length: 20 }, (_, i) => sentence(`Ada spoke ${String(i)}`, [[0, 3, 'PER']]));
  await datasets.add([
    { name: 'gold', role: 'gold', sentences: gold, ...rest },
    { name: 'test', role: 'test', sentences: gold.slice(0, 5), ...rest },
  ]);
  const id = await annotate.prompts.copy(annotate.prompts.find('standard'));
  const { blocks } = annotate.prompts.find(id);
  await annotate.prompts.change(id, { ...blocks, examples: { on: true, text: '', choice: 'fixed', count: 12 } });
  annotate.set({ teacher: 'endpoint', model: 'm', promptId: id, probeCount: '6', count: '' });
  const kept = new Set([...annotate.probe, ...gold.slice(0, 5)].map((one) => one.id));
  const { examples } = annotate.recipe;
  expect(annotate.probe).toHaveLength(6);
  expect(examples).toHaveLength(Math.min(12, 20 - kept.size));
  expect(examples.filter((example) => kept.has(example.id))).toEqual([]);
  const own = gold.find((one) => one.id === examples[0]!.id)!;
  const { system } = annotate.requestOf(own);
  expect(system).not.toContain(own.text);
  expect(system).toContain(examples[1]!.text);
});

/** A client that says what a model or the checkpoint would, by the text alone. */
function knowing(embeddings: Readonly<Record<string, readonly number[]>>, sureness: Readonly<Record<string, number>>) {
  const vectorsOf = (sentences: readonly Sentence[]) =>
    sentences.map(({ text }) => Float32Array.from(embeddings[text] ?? [0, 1]));
  const probabilities = (sentences: readonly Sentence[]) =>
    sentences.map(({ text, words }) => new Float32Array(words.length).fill(sureness[text] ?? 1));
  return {
    embed: ({ sentences }: { sentences: readonly Sentence[] }) => Promise.resolve(vectorsOf(sentences)),
    predictSurely: (_: string, sentences: readonly Sentence[]) =>
      Promise.resolve({ spans: sentences.map(() => []), probabilities: probabilities(sentences) }),
  };
}

test('nearest examples: each sentence its own, the nearest last, once the checkpoint has read them', async () => {
  const person = (text: string) => sentence(text, [[0, 3, 'PER']]);
  const [near, nearer, far] = [person('Ada sang'), person('Ada wrote'), person('Bob slept')];
  const asked = [sentence('Eve wrote', null), sentence('Dan slept', null)];
  const { annotate, datasets } = await openPage(
    knowing(
      { 'Ada sang': [1, 1], 'Ada wrote': [2, 1], 'Bob slept': [-1, 1], 'Eve wrote': [1, 0], 'Dan slept': [-9, 1] },
      {},
    ),
  );
  await datasets.add([
    { name: 'gold', role: 'gold', sentences: [near, nearer, far], ...rest },
    { name: 'mine', role: 'unlabelled', sentences: asked, ...rest },
  ]);
  const id = await annotate.prompts.copy(annotate.prompts.find('standard'));
  const { blocks } = annotate.prompts.find(id);
  await annotate.prompts.change(id, { ...blocks, examples: { on: true, text: '', choice: 'nearest', count: 2 } });
  annotate.set({ teacher: 'files', model: 'm', promptId: id, probeCount: '0', count: '' });
  expect(await annotate.plan()).toMatchObject({
    ok: false,
    problem: { what: 'The setting “examples” cannot be the nearest yet.' },
  });
  expect(annotate.recipe.examples).toEqual([]);
  await annotate.nearest.read(annotate.askable, annotate.nearestOptions!);
  expect((await annotate.plan()).ok).toBe(true);
  expect(asked.map((one) => examplesFor(annotate.recipe, one).map(({ text }) => text))).toEqual([
    ['Ada sang', 'Ada wrote'],
    ['Ada sang', 'Bob slept'],
  ]);
  // After a reload the recipe alone says which, whatever the checkpoint would say then.
  const stored = decodeRecipe(JSON.parse(JSON.stringify(annotate.recipe)));
  expect(questionsOf(stored!, asked)).toEqual(questionsOf(annotate.recipe, asked));
});

test('the sentences that a model is least sure of; predictions of another dataset choose nothing', async () => {
  const { annotate, datasets } = await openPage(knowing({}, { [texts[6]!]: 0.4, [texts[2]!]: 0.5, [texts[4]!]: 0.9 }));
  const mine = texts.map((text) => sentence(text, null));
  await datasets.add(['one', 'two'].map((name) => ({ name, role: 'unlabelled', sentences: mine, ...rest })));
  const [one, two] = datasets.list;
  annotate.set({ teacher: 'files', datasetId: one!.id, count: '2', way: 'uncertain' });
  const atRandom = annotate.asked;
  await annotate.predictions.read('run', one!, annotate.eligible);
  expect(annotate.asked.map(({ text }) => text)).toEqual([texts[2], texts[6]]);
  annotate.set({ datasetId: two!.id });
  expect(annotate.asked).toEqual(atRandom);
});

test('a prompt’s words change in place until a job has used them; then an edit is a new version', async () => {
  const { annotate } = await openWithServer();
  const { prompts } = annotate;
  const id = await prompts.copy(prompts.find('standard'));
  annotate.set({ promptId: id });
  const role = (text: string) => ({ ...prompts.find(id).blocks, role: { on: true, text } });
  await prompts.change(id, role('one'));
  await prompts.change(id, role('two'));
  expect(prompts.versionsOf(id).map(({ version, blocks }) => [version, blocks.role.text])).toEqual([[1, 'two']]);
  await annotate.start();
  await prompts.change(id, role('three'));
  expect(prompts.versionsOf(id).map(({ version, blocks }) => [version, blocks.role.text])).toEqual([
    [1, 'two'],
    [2, 'three'],
  ]);
  expect(annotate.jobs.last!.recipe.template.blocks.role.text).toBe('two');
  const page = await openPage();
  expect(page.annotate.prompts.find(id).blocks.role.text).toBe('three');
});

test('a plan tells cost and the most of it; a budget without a price is refused in a sentence', async () => {
  const { annotate } = await openWithServer();
  const unknown = await annotate.plan();
  expect(unknown).toMatchObject({ ok: true, plan: { requests: 8, costUsd: null, greatestUsd: null } });
  annotate.set({ budget: '1' });
  const refused = await annotate.plan();
  expect(refused).toMatchObject({ ok: false, problem: { what: 'The setting “budget” cannot be 1.' } });
  await annotate.prices.set('m', { inputUsd: 1, outputUsd: 10 });
  const known = await annotate.plan();
  if (!known.ok) throw new Error(known.problem.what);
  const { inputTokens, outputTokens, costUsd, greatestUsd } = known.plan;
  expect(costUsd).toBeCloseTo((inputTokens * 1 + outputTokens * 10) / 1e6, 12);
  expect(greatestUsd).toBeGreaterThan((8 * 1024 * 10) / 1e6);
});

test('a simulated teacher knows gold only, and all that it labels says so', async () => {
  const { annotate, datasets } = await openPage();
  const gold = Array.from({ length: 5 }, (_, i) => sentence(`Ada spoke ${String(i)}`, [[0, 3, 'PER']]));
  const others = [...gold, sentence('Nobody labelled this', null)].map((one) => ({ ...one, spans: null }));
  await datasets.add([
    { name: 'gold', role: 'gold', sentences: gold, ...rest },
    { name: 'all', role: 'unlabelled', sentences: others, ...rest },
  ]);
  annotate.set({ teacher: 'simulated', datasetId: datasets.list[1]!.id, count: '' });
  expect(annotate.asked.map(({ text }) => text)).toEqual(gold.map(({ text }) => text));
  await annotate.start();
  const silver = annotate.jobs.silverOf(annotate.jobs.list[0]!.id)!;
  expect(silver.notice).toContain('simulated');
  for (const one of silver.sentences) {
    expect(one.authors?.all.name).toMatch(/^simulated: /);
    expect(one.meta?.['simulated']).toBe('sample-standard, seed 0, sample 0');
  }
});

test('prompts that two tabs make both stay, and one that was removed stays away', async () => {
  const [one, two] = [(await openPage()).annotate.prompts, (await openPage()).annotate.prompts];
  const first = await one.copy(one.find('cot'));
  const second = await two.copy(two.find('standard'));
  const { blocks } = one.find(first);
  const say = (text: string) => one.change(first, { ...blocks, role: { on: true, text } });
  await Promise.all([say('a'), say('ab'), say('abc')]); // as it is typed
  const names = async () => (await openPage()).annotate.prompts.own.map(({ id }) => id).sort();
  expect(await names()).toEqual([first, second].sort());
  expect((await openPage()).annotate.prompts.find(first).blocks.role.text).toBe('abc');
  await one.remove(second);
  await one.rename(first, 'mine');
  expect(await names()).toEqual([first]);
});

test('a prompt leaves as a file and comes back word for word, here and on the command line', async () => {
  const { prompts } = (await openPage()).annotate;
  const id = await prompts.copy(prompts.find('cot'));
  await prompts.change(id, { ...prompts.find(id).blocks, role: { on: true, text: 'You know “ships”.' } });
  await prompts.rename(id, 'Ships / boats');
  const before = prompts.find(id);
  const { name, text } = fileOf(before);
  expect(name).toBe('Ships-boats.json');
  expect(readPrompt(JSON.parse(text), name)).toEqual(before);
  await prompts.remove(id);
  const opened = prompts.find(await prompts.open(name, text));
  expect([opened.name, opened.version, opened.hash]).toEqual(['Ships / boats', 1, before.hash]);
  expect(prompts.find(await prompts.open(name, text)).name).toBe('Ships / boats 2');
  expect(JSON.parse(fileOf({ ...before, name: ' ' }).text)).toMatchObject({ name: 'my prompt' });
  const count = prompts.list.length;
  const broken = JSON.stringify({ name: 'x', blocks: { ...before.blocks, output: { form: 'xml', text: '' } } });
  for (const [wrong, reason] of [
    ['{"name": ', 'it is no prompt: the whole'],
    ['{"id": "a"}', 'it is no prompt: name'],
    [broken, 'it is no prompt: blocks.output.form'],
  ] as const)
    await expect(prompts.open('f.json', wrong)).rejects.toMatchObject({
      code: 'file-unreadable',
      detail: { file: 'f.json', reason: expect.stringContaining(reason) as string },
    });
  expect(prompts.list).toHaveLength(count);
});

test('a key that was typed in the wrong place is in no store', async () => {
  const { annotate } = await openPage();
  annotate.access.setKey('https://one.example/v1', 'a-key-of-no-known-form');
  annotate.set({ extra: '{"key": "a-key-of-no-known-form"}', endpoint: 'https://two.example/v1?key=AIzaSy0123456789' });
  annotate.set({ model: faultKey, count: '7' });
  await expect.poll(() => loadSetting(database, 'annotate-form')).toMatchObject({ count: '7' });
  expect(await loadSetting(database, 'annotate-form')).toEqual({ ...emptyForm, count: '7' });
  annotate.set({ model: 'm', extra: '', endpoint: 'https://me:pass@two.example/v1', count: '8' });
  await annotate.saved;
  expect(await loadSetting(database, 'annotate-form')).toEqual({ ...emptyForm, model: 'm', count: '8' });
});

test('a key among the extra fields, be it of another address, is in no job and no request that is shown', async () => {
  const { annotate, notices } = await openWithServer();
  annotate.access.setKey('https://one.example/v1', 'a-key-of-no-known-form');
  annotate.set({ extra: '{"user": "a-key-of-no-known-form"}' });
  expect(await annotate.plan()).toMatchObject({ ok: false });
  expect(() => annotate.requestOf(annotate.asked[0]!)).toThrow('free of any key');
  await annotate.start();
  expect(notices.list.at(-1)?.what).toContain('extra fields');
  expect([annotate.jobs.list, server!.received]).toEqual([[], []]);
});

test('a word typed where no key is wanted leaves the form as it is', async () => {
  const { annotate } = await openPage();
  const local = { server: 'ollama', endpoint: 'http://ollama:11434/v1', model: 'ollama/llama3' };
  annotate.access.setKey(local.endpoint, 'ollama');
  annotate.set({ ...local, teacher: 'endpoint' });
  await annotate.saved;
  expect(await loadSetting(database, 'annotate-form')).toMatchObject(local);
  await expect(annotate.spec('a', 'b')).resolves.toMatchObject({ settings: { model: 'ollama/llama3' } });
});

test('a key is of one origin, and a form that cannot be read is what it is at first', async () => {
  const { annotate } = await openPage();
  annotate.access.setKey('https://one.example/v1', ' k ');
  expect(annotate.access.keyFor('https://one.example/other')).toBe('k');
  expect(annotate.access.keyFor('https://two.example/v1')).toBe('');
  expect(decodeForm(null)).toEqual(emptyForm);
  expect(decodeForm({ count: 7, way: 'alphabetical', model: 'kept' })).toEqual({ ...emptyForm, model: 'kept' });
});
