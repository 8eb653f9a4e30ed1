import { AppError } from '../core/errors.ts';
import type { Finding } from '../data/types.ts';
import { readAnswers, type RawAnswer } from '../llm/answerFile.ts';
import { batchFiles, forms, type BatchForm } from '../llm/batch/write.ts';
import { groundSamples } from '../llm/groundSamples.ts';
import { defaultLimits, type JobSpec } from '../llm/job/types.ts';
import { addAnswers } from '../storage/answers.ts';
import { saveJob, updateJob, type StoredJob } from '../storage/jobs.ts';
import type { AnnotateState } from './annotate.svelte.ts';
import { settingsOf } from './annotatePlan.ts';
import { decodeRecipe, questionsOf, type Recipe, type TeacherChoice } from './annotateRecipe.ts';
import { majority, resultOf, type JobResult } from './annotateResult.ts';
import { bringAnswers, progressByFiles } from './batchAnswers.ts';
import { recipeElsewhere, specByFiles } from './batchJob.ts';
import type { DatasetsState, HeldDataset } from './datasets.svelte.ts';
import { serverOf } from './endpoint.ts';
import { withId } from './withId.ts';
import type { Services } from './services.ts';

export { batchForms, type BatchForm } from '../llm/batch/write.ts';
export const batchForm = forms;

/** Files that were written, each with its name. */
export interface WrittenFiles {
  readonly form: BatchForm;
  readonly requests: number;
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** What came of a file of answers. */
export interface Brought {
  readonly fileName: string;
  readonly added: number;
  readonly known: number;
  /** Questions of the job that have no answer yet. */
  readonly left: number;
  readonly findings: readonly Finding[];
}

/** Annotation by files: requests out, answers in. Each batch is a job whose answers a person brings. */
export class BatchState {
  form: BatchForm = $state('chat');
  written: WrittenFiles | null = $state.raw(null);
  brought: Brought | null = $state.raw(null);
  /** What answers are for: the id of a batch, or `dataset <id>` for sentences that were asked about elsewhere; '' = the newest batch. */
  targetId = $state('');
  busy = $state(false);

  /** Jobs whose answers may come by files, newest first: batches, and what a provider was asked over the network. */
  readonly batches: readonly StoredJob[] = $derived.by(() =>
    this.#annotate.jobs.list.filter(({ source }) => {
      const kind = decodeRecipe(source.recipe)?.teacher.kind;
      return kind === 'files' || kind === 'endpoint';
    }),
  );
  readonly target: string = $derived.by(() => {
    const all = [...this.batches.map(({ id }) => id), ...this.#annotate.candidates.map(({ id }) => `dataset ${id}`)];
    if (all.includes(this.targetId)) return this.targetId;
    return this.batches.find(({ status }) => status === 'by-files')?.id ?? all[this.batches.length] ?? '';
  });

  readonly #services: Services;
  readonly #datasets: DatasetsState;
  readonly #annotate: AnnotateState;

  constructor(services: Services, datasets: DatasetsState, annotate: AnnotateState) {
    this.#services = services;
    this.#datasets = datasets;
    this.#annotate = annotate;
  }

  /** Writes the requests; the batch is kept before any file leaves. Throws `config-invalid`, `data-empty`, `data-invalid`. */
  async write(): Promise<WrittenFiles> {
    const { form } = this;
    const { dataset, asked } = this.#annotate;
    if (dataset === null || asked.length === 0) {
      throw new AppError('data-empty', 'nothing to ask about', { source: 'unlabelled' });
    }
    const id = this.#services.newId();
    const { spec, teacher } = this.#specOf(id, `${dataset.name}, ${forms[form].name}`);
    const samples = form === 'chat' ? 1 : this.#annotate.recipe.samples;
    const recipe: Recipe = { ...this.#annotate.recipe, purpose: 'annotate', samples, teacher };
    const questions = questionsOf(recipe, asked);
    const files = batchFiles(form, questions, spec.settings);
    await this.#keep(spec, dataset, recipe);
    this.targetId = id;
    this.brought = null;
    const stem = dataset.name.replace(/[^\p{L}\p{N}]+/gu, '-');
    const nameOf = (i: number) => (files.length === 1 ? '' : `-${String(i + 1).padStart(2, '0')}`);
    this.written = {
      form,
      requests: questions.length,
      files: files.map(({ extension, text }, i) => ({ name: `${stem}-${form}${nameOf(i)}${extension}`, text })),
    };
    return this.written;
  }

  /**
   * Takes answers to the target: those to its questions are kept, and become silver; all others are told. Throws
   * `data-invalid` where there is nothing that they could belong to.
   */
  async bring(fileName: string, text: string): Promise<Brought> {
    const { answers, findings } = readAnswers(text);
    const nothing = (reason: string) => new AppError('data-invalid', reason, { reason });
    const ofDataset = this.target.startsWith('dataset ');
    const job = ofDataset
      ? await this.#elsewhere(fileName, this.target.slice('dataset '.length), answers)
      : this.batches.find(({ id }) => id === this.target);
    if (job === undefined || job === null) {
      if (answers.length === 0 && findings.length > 0) throw nothing(`no line of ${fileName} is an answer`);
      throw nothing(`no line of ${fileName} answers a sentence that was asked about`);
    }
    const { database } = this.#services;
    const asked = this.#datasets.find(job.source.datasetId);
    const before = await resultOf(database, job, asked);
    const questions = questionsOf(before.recipe, before.sentences);
    const brought = bringAnswers(job.spec, questions, before.records, answers, this.#services.now());
    await addAnswers(database, brought.records);
    const after = await resultOf(database, job, asked);
    const progress = progressByFiles(after.records);
    const left = progress.total - progress.answered;
    const status = left === 0 ? 'finished' : 'by-files';
    await updateJob(database, job.id, { status, progress, updatedMs: this.#services.now() });
    if (brought.records.length > 0) await this.#annotate.jobs.keep(after);
    await this.#annotate.jobs.load();
    await this.#annotate.jobs.open({ ...job, status, progress });
    this.brought = {
      ...{ fileName, left, known: brought.known, added: brought.records.length },
      findings: [...findings, ...brought.findings, ...groundingFindings(before, brought.answers)],
    };
    return this.brought;
  }

  /** A job for answers that were asked for elsewhere; null where none of them belongs to a sentence of the dataset. */
  async #elsewhere(fileName: string, datasetId: string, answers: readonly RawAnswer[]): Promise<StoredJob | null> {
    const dataset = this.#datasets.find(datasetId);
    const sentences = withId(dataset?.sentences ?? [], answers);
    if (dataset === undefined || sentences.length === 0) return null;
    const id = this.#services.newId();
    const name = fileName.replace(/\.[^.]+$/, '');
    const recipe = recipeElsewhere(name, sentences, answers);
    return this.#keep(specByFiles(id, `${dataset.name}, ${name}`, name), dataset, recipe);
  }

  async #keep(spec: JobSpec, dataset: HeldDataset, recipe: Recipe): Promise<StoredJob> {
    const nowMs = this.#services.now();
    const job: StoredJob = {
      ...{ id: spec.id, spec, source: { datasetId: dataset.id, recipe }, status: 'by-files', failure: null },
      ...{ progress: null, createdMs: nowMs, updatedMs: nowMs },
    };
    await saveJob(this.#services.database, job);
    await this.#annotate.jobs.load();
    return job;
  }

  /** A provider's own batch asks word for word what the job over the network would, so that either can answer. */
  #specOf(id: string, name: string): { readonly spec: JobSpec; readonly teacher: TeacherChoice } {
    const { form } = this;
    const { form: typed, template, access } = this.#annotate;
    const model = typed.model.trim();
    if (form === 'plain' || form === 'chat') {
      const asked = model === '' ? forms[form].name : model;
      return { spec: specByFiles(id, name, asked), teacher: { kind: 'files', name: asked } };
    }
    const own =
      serverOf(typed.server).provider === form ? typed : { ...typed, server: form, endpoint: serverOf(form).endpoint };
    const settings = settingsOf(own, template.blocks.reasoning.on, access.keys());
    const spec: JobSpec = { id, name, provider: form, settings, limits: defaultLimits, price: null, budgetUsd: null };
    return { spec, teacher: { kind: 'endpoint', provider: form } };
  }
}

/** What became of the answers of one file. */
function groundingFindings({ sentences, recipe }: JobResult, answers: readonly RawAnswer[]): readonly Finding[] {
  const { findings } = groundSamples(withId(sentences, answers), answers, { labels: recipe.labels }, majority);
  return findings.filter(({ code }) => code !== 'answer-missing');
}

/** Several files as one; the time within is fixed, so that the same requests give the same bytes. */
export async function zipped(files: WrittenFiles['files']): Promise<Uint8Array<ArrayBuffer>> {
  const { strToU8, zipSync } = await import('fflate'); // few write many files: the first page does without
  return zipSync(Object.fromEntries(files.map(({ name, text }) => [name, strToU8(text)])), { mtime: '2020-01-01' });
}
