import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { strFromU8, unzipSync } from 'fflate';
import type { AnnotateState } from '../../../src/state/annotate.svelte.ts';
import { emptyForm, type AnnotateForm } from '../../../src/state/annotateForm.ts';
import { AnnotateJobs } from '../../../src/state/annotateJobs.svelte.ts';
import type { Recipe } from '../../../src/state/annotateRecipe.ts';
import { BatchState, zipped, type BatchForm } from '../../../src/state/batch.svelte.ts';
import { DatasetsState } from '../../../src/state/datasets.svelte.ts';
import { Notices } from '../../../src/state/notices.svelte.ts';
import { labellingOf } from '../../../src/state/qualityJobs.ts';
import { rejected, reviewItems } from '../../../src/state/review.ts';
import { answerSource } from '../../../src/state/reviewSource.ts';
import type { Services } from '../../../src/state/services.ts';
import { TeacherState } from '../../../src/state/teacher.svelte.ts';
import { shippedPrompts } from '../../../src/llm/prompts/shipped.ts';
import { answersOfJob } from '../../../src/storage/answers.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { sentence } from './sentences.ts';

const texts = ['Ada came', 'Bob went', 'Eve ran'];
let number = 0;

/** A project with three unlabelled sentences, and the Annotate place set to ask about them. */
async function opened(samples = 1, model = 'gpt-4o-mini', change: Partial<AnnotateForm> = {}) {
  let id = 0;
  let now = 0;
  const database = await openDatabase({ name: `batch ${String(number++)}` });
  const services = { client: {}, database, now: () => ++now, newId: () => `n${String(id++)}` } as unknown as Services;
  const datasets = new DatasetsState(services);
  const source = { fileName: '', format: '' };
  const asked = texts.map((text) => sentence(text, null));
  await datasets.add([{ name: 'my text', role: 'unlabelled', sentences: asked, findings: [], source, notice: '' }]);
  const recipe: Recipe = {
    ...{ purpose: 'annotate', sentences: texts, template: shippedPrompts.standard, labels: ['PER'], definitions: {} },
    ...{ examples: [], shown: null, samples, teacher: { kind: 'endpoint', provider: 'openai' } },
  };
  const jobs = new AnnotateJobs(services, datasets, new Notices());
  const annotate = {
    ...{ dataset: datasets.list[0], asked, recipe, template: recipe.template, jobs },
    form: { ...emptyForm, model, ...change },
    access: { keys: () => ['a-key-of-no-known-form'] },
    candidates: datasets.list,
  } as unknown as AnnotateState;
  return { services, database, datasets, jobs, batch: new BatchState(services, datasets, annotate) };
}
const entities = (text: string, type = 'PER') => JSON.stringify({ entities: [{ text, type }] });
const spansIn = ({ datasets, jobs, batch }: Awaited<ReturnType<typeof opened>>) =>
  datasets
    .find(jobs.silverOf(batch.target)!.id)!
    .sentences.map(({ text, spans }) => spans?.map(({ start, end, label }) => `${text.slice(start, end)} ${label}`));

test('OpenAI’s batch: out, back in another order, in parts, doubled, with errors; nothing is lost', async () => {
  const project = await opened();
  const { batch, database, jobs } = project;
  batch.form = 'openai';
  const { files } = await batch.write();
  expect(files.map(({ name }) => name)).toEqual(['my-text-openai.jsonl']);
  const requests = files[0]!.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { custom_id: string; body: unknown });
  expect(requests[1]?.body).toMatchObject({ model: 'gpt-4o-mini', messages: [{}, { content: 'Sentence: Bob went' }] });

  /** A line as the output file of a batch has it. */
  const line = (place: number, content: string) =>
    JSON.stringify({
      custom_id: requests[place]!.custom_id,
      response: {
        status_code: 200,
        body: {
          model: 'gpt-4o-mini-2024',
          choices: [{ message: { content }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 90, completion_tokens: 12 },
        },
      },
    });
  const failed = JSON.stringify({
    custom_id: requests[1]!.custom_id,
    response: { status_code: 500, body: { error: { message: 'try later' } } },
  });
  const first = await batch.bring(
    'output.jsonl',
    [line(2, entities('eve')), failed, '{"not": "an answer"}', line(2, entities('Eve'))].join('\n'),
  );
  expect([first.added, first.known, first.left]).toEqual([1, 0, 2]);
  expect(first.findings.map(({ code, line: at }) => [code, at])).toEqual([
    ['answer-failed', 2],
    ['missing-field', 3],
    ['duplicate-id', 4],
    ['entity-folded', 1],
  ]);
  expect(spansIn(project)).toEqual([undefined, undefined, ['Eve PER']]);
  const found = () => jobs.silverOf(batch.target)!.findings.map(({ code }) => code);
  expect(found()).toEqual(['entity-folded']); // that answers are still to come is no finding
  expect(jobs.list[0]).toMatchObject({ status: 'by-files', progress: { total: 3, answered: 1, outputTokens: 12 } });

  const second = await batch.bring(
    'rest.jsonl',
    [line(2, entities('eve')), line(0, entities('Ada')), line(1, '{}')].join('\n'),
  );
  expect([second.added, second.known, second.left]).toEqual([2, 1, 0]);
  expect(second.findings.map(({ code }) => code)).toEqual(['answer-malformed']);
  expect(spansIn(project)).toEqual([['Ada PER'], undefined, ['Eve PER']]);
  expect(found().sort()).toEqual(['answer-malformed', 'entity-folded']);
  expect(jobs.list[0]?.status).toBe('finished');
  // The raw answers stand in the store, under what was asked.
  const kept = await answersOfJob(database, batch.target);
  expect(kept.map(({ sentenceId, text, model }) => [sentenceId, text, model]).sort()).toEqual([
    ['Ada came', entities('Ada'), 'gpt-4o-mini-2024'],
    ['Bob went', '{}', 'gpt-4o-mini-2024'],
    ['Eve ran', entities('eve'), 'gpt-4o-mini-2024'],
  ]);
});

test('a chat window: one text for all, the answer pasted back', async () => {
  const project = await opened(3);
  const { batch } = project;
  batch.form = 'chat';
  const { files, requests } = await batch.write();
  expect([requests, files.length]).toEqual([3, 1]); // a chat takes one sample
  const ids = [...files[0]!.text.matchAll(/^\[(.+?)\] /gm)].map((found) => found[1]!);
  expect(ids).toHaveLength(3);
  const answer = [
    'Here you are:',
    '```',
    `{"id": "${ids[1]!}", "entities": [{"text": "Bob", "type": "PER"}]}`,
    '```',
  ].join('\n');
  const brought = await batch.bring('pasted', answer);
  expect([brought.added, brought.left, brought.findings]).toEqual([1, 2, []]);
  expect(spansIn(project)[1]).toEqual(['Bob PER']);
});

test('a sentence that was rejected stays so when more answers come', async () => {
  const project = await opened();
  const { batch, datasets, jobs } = project;
  batch.form = 'plain';
  await batch.write();
  const line = (id: string, text: string) => JSON.stringify({ id, response: entities(text) });
  await batch.bring('a', line('Ada came', 'Ada'));
  const silver = jobs.silverOf(batch.target)!;
  await datasets.replace(
    silver.id,
    silver.sentences.map((one) => (one.id === 'Ada came' ? rejected(one) : one)),
  );
  await batch.bring('b', [line('Ada came', 'Ada'), line('Bob went', 'Bob')].join('\n'));
  expect(spansIn(project)).toEqual([undefined, ['Bob PER'], undefined]);
});

test('what came by files is there for the review and the gate, also without the dataset that was asked about', async () => {
  const project = await opened(2);
  const { batch, datasets, jobs, services } = project;
  batch.form = 'plain';
  await batch.write();
  const line = (id: string, sample: number, response: string) => JSON.stringify({ id, sample, response });
  const answers = [
    line('Ada came', 0, entities('Ada')),
    line('Ada came', 1, entities('Ada', 'LOC')),
    line('Bob went', 0, entities('Rob')),
  ];
  await batch.bring('a', answers.join('\n'));
  const silver = jobs.silverOf(batch.target)!;
  const none = new TeacherState(services);
  const source = answerSource(services, datasets, none, jobs);
  expect([source.has(silver), source.has(datasets.find('n0')!)]).toEqual([true, false]);
  expect(source.version(silver)).toBe(jobs.list[0]?.updatedMs);
  await datasets.remove('n0');
  const items = reviewItems(silver.sentences, await source.read(silver));
  expect(items.map(({ id, reasons, raw }) => [id, reasons.map(({ kind }) => kind), raw.length])).toEqual([
    ['Bob went', ['not-found'], 2],
    ['Ada came', ['unknown-label', 'split'], 2],
  ]);
  const labelling = labellingOf(silver, jobs.list);
  expect(labelling).toMatchObject({ costs: [], simulated: false, promptHash: shippedPrompts.standard.hash });
});

test('several samples by a script of one’s own vote', async () => {
  const project = await opened(3, '');
  const { batch } = project;
  batch.form = 'plain';
  expect((await batch.write()).requests).toBe(9);
  const line = (sample: number, response: string) => JSON.stringify({ id: 'Ada came', sample, response });
  await batch.bring('a', [line(2, entities('Ada')), line(0, entities('came')), line(1, entities('Ada'))].join('\n'));
  expect(spansIn(project)[0]).toEqual(['Ada PER']);
});

test('answers that were asked for elsewhere belong to a dataset; their own types are labels', async () => {
  const project = await opened();
  const { batch, datasets } = project;
  expect(batch.target).toBe('dataset n0');
  const line = (id: string, response: string) => JSON.stringify({ id, response });
  await batch.bring('mine.jsonl', [line('Eve ran', entities('Eve', 'HERO')), line('nobody', '{}')].join('\n'));
  const silver = datasets.list.at(-1)!;
  expect([silver.name, silver.role]).toEqual(['my text, mine', 'silver']);
  expect(silver.sentences.map(({ id, spans }) => [id, spans])).toEqual([
    ['Eve ran', [{ start: 0, end: 3, label: 'HERO' }]],
  ]);
  expect(batch.brought?.findings.map(({ code }) => code)).toEqual(['answer-unknown']);
  batch.targetId = 'dataset n0';
  await expect(batch.bring('other.jsonl', line('stranger', '{}'))).rejects.toMatchObject({ code: 'data-invalid' });
});

test.each(['openai', 'anthropic'] as const satisfies readonly BatchForm[])('%s needs a model', async (form) => {
  const { batch, jobs } = await opened(1, '');
  batch.form = form;
  await expect(batch.write()).rejects.toMatchObject({ code: 'config-invalid' });
  expect(jobs.list).toEqual([]);
});

test('many files leave as one zip', async () => {
  const files = [
    { name: 'a-01.txt', text: 'one' },
    { name: 'a-02.txt', text: 'zwei, drei' },
  ];
  const back = Object.entries(unzipSync(await zipped(files))).map(([name, bytes]) => ({
    name,
    text: strFromU8(bytes),
  }));
  expect(back).toEqual(files);
});

test('a key among the extra fields is in no file and no job', async () => {
  const { batch, jobs } = await opened(1, 'gpt-4o-mini', { extra: '{"user": "a-key-of-no-known-form"}' });
  batch.form = 'openai';
  await expect(batch.write()).rejects.toMatchObject({ code: 'config-invalid', detail: { field: 'extra fields' } });
  expect([batch.written, jobs.list]).toEqual([null, []]);
});
