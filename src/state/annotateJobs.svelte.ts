import type { Sentence } from '../data/types.ts';
import { groundAnswer } from '../llm/groundAnswers.ts';
import type { AnswerRecord } from '../llm/job/types.ts';
import type { FilterOptions } from '../llm/quality/votes.ts';
import { deleteJob, listJobs, saveJob, type StoredJob } from '../storage/jobs.ts';
import type { AnnotateRequest } from '../worker/annotateProtocol.ts';
import { jobLock } from '../worker/jobLock.ts';
import { liveRuns } from '../worker/runLock.ts';
import { AnnotateJob } from './annotateJob.svelte.ts';
import { authorOf, groundResult, majority, resultOf, simulatedNotice, type JobResult } from './annotateResult.ts';
import { decodeRecipe, type Recipe } from './annotateRecipe.ts';
import type { DatasetsState, HeldDataset, NewDataset } from './datasets.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import { refuseChanged } from './refuseChanged.ts';
import { isTouched } from './review.ts';
import type { Services } from './services.ts';

export type { JobResult, StoredJob };

/** How often it is looked whether a job of another tab still goes on. */
const lookMs = 1500;

/** The jobs that are kept, the one that goes on, and what has come of the last. */
export class AnnotateJobs {
  /** Newest first. */
  list: readonly StoredJob[] = $state.raw([]);
  /** Ids of jobs that another tab works on. */
  elsewhere: readonly string[] = $state.raw([]);
  /** The job of this sitting: it goes on, or has ended. */
  active: AnnotateJob | null = $state.raw(null);
  /** What came of the job that is looked at: the newest, unless another was opened. */
  last: JobResult | null = $state.raw(null);

  readonly busy: boolean = $derived(this.active !== null && !this.active.ended);
  /** Hashes of prompts' words that jobs have used. */
  readonly usedPrompts: ReadonlySet<string> = $derived(
    new Set(this.list.map(({ source }) => decodeRecipe(source.recipe)?.template.hash ?? '')),
  );

  readonly #services: Services;
  readonly #datasets: DatasetsState;
  readonly #notices: Notices;
  #looking: ReturnType<typeof setTimeout> | undefined;

  constructor(services: Services, datasets: DatasetsState, notices: Notices) {
    this.#services = services;
    this.#datasets = datasets;
    this.#notices = notices;
  }

  /** Reads the kept jobs, and what came of the newest. */
  async load(): Promise<void> {
    await this.#list();
    const [newest] = this.list;
    if (this.last === null && newest !== undefined && this.#datasets.find(newest.source.datasetId) !== undefined)
      this.last = await this.#resultOf(newest);
  }

  /** Looks at what came of a job. */
  async open(job: StoredJob): Promise<void> {
    await this.#notices.guard(async () => {
      this.last = await this.#resultOf(job);
    });
  }

  /** Runs a job about sentences to its end; its answers become silver where it has finished. Never rejects. */
  async run(request: AnnotateRequest, recipe: Recipe, sentences: readonly Sentence[]): Promise<void> {
    const { spec } = request;
    const byId = new Map(sentences.map((sentence) => [sentence.id, sentence]));
    const read = ({ sentenceId, text, finish }: AnswerRecord) => {
      const sentence = byId.get(sentenceId);
      if (sentence === undefined) return null;
      const raw = { response: text, ...(finish !== null && { finish }) };
      return groundAnswer(sentence, raw, { labels: recipe.labels }).sentence;
    };
    const job = new AnnotateJob(spec, () => this.#services.now(), read);
    this.active = job;
    await job.follow((onEvent) => this.#services.client.annotate(request, onEvent));
    await this.#notices.guard(async () => {
      await this.#list();
      const stored = this.list.find(({ id }) => id === spec.id);
      if (stored === undefined) return; // it could not begin
      this.last = await this.#resultOf(stored);
      if (job.status === 'finished' && this.last.recipe.purpose === 'annotate') await this.keep(this.last);
    });
  }

  /** The silver dataset that was made of a job. */
  silverOf(jobId: string): HeldDataset | undefined {
    return this.#datasets.list.find(({ source }) => source.job === jobId);
  }

  /**
   * Makes the answers of a job a silver dataset. Where there is one already, only sentences that are still unlabelled get
   * labels: what a person has done there stays.
   */
  async keep(result: JobResult, options: FilterOptions = majority): Promise<void> {
    await this.#datasets.load(); // another tab may have made it
    const { sentences, findings: all } = groundResult(result, options);
    // How many sentences are without labels is told where the dataset stands, and goes down with each answer.
    const findings = all.filter(({ code }) => code !== 'answer-missing');
    const before = this.silverOf(result.job.id);
    if (before !== undefined) {
      const labelled = new Map(sentences.filter(({ spans }) => spans !== null).map((one) => [one.id, one]));
      const merged = before.sentences.map((one) =>
        one.spans === null && !isTouched(one) ? (labelled.get(one.id) ?? one) : one,
      );
      const added = merged.filter((one, i) => one !== before.sentences[i]).length;
      await this.#datasets.setFindings(before.id, findings);
      if (added === 0) return;
      await this.#datasets.replace(before.id, merged);
      const undo = async () => {
        await this.#datasets.replace(before.id, before.sentences);
        await this.#datasets.setFindings(before.id, before.findings);
      };
      const what = `${String(added)} more sentences of “${before.name}” are labelled.`;
      this.#done(what, { ...before, sentences: merged }, undo);
      return;
    }
    const made = this.#datasetOf(result, { sentences, findings });
    const [id = ''] = await this.#datasets.add([made]);
    const aside = made.role === 'aside' ? ' It is set aside, since there is silver of these sentences already.' : '';
    this.#done(`“${made.name}” was added to your data.${aside}`, { ...made, id }, async () => {
      await this.#datasets.remove(id);
    });
  }

  /** Forgets a job; its answers stay, and are not paid for again. Can be undone from the notice. */
  async forget(job: StoredJob): Promise<void> {
    await this.#notices.guard(async () => {
      await deleteJob(this.#services.database, job.id);
      await this.#list();
      if (this.last?.job.id === job.id) this.last = null;
      if (this.active?.id === job.id) this.active = null;
      const putBack = async () => {
        await saveJob(this.#services.database, job);
        await this.load();
      };
      const undo = () => void this.#notices.guard(putBack);
      this.#notices.done(`“${job.spec.name}” was taken off the list; its answers are kept.`, {
        name: 'Undo',
        run: undo,
      });
    });
  }

  async #list(): Promise<void> {
    const live = await liveRuns(this.#services.locks);
    this.list = await listJobs(this.#services.database);
    const own = this.busy ? this.active?.id : undefined;
    this.elsewhere = this.list.flatMap(({ id }) => (live?.has(jobLock(id)) === true && id !== own ? [id] : []));
    clearTimeout(this.#looking);
    // After a reload the worker of the page before may hold its job for a moment longer.
    if (this.elsewhere.length > 0) this.#looking = setTimeout(() => void this.#look().catch(() => undefined), lookMs);
  }

  /** Looks again at what another tab does; once it has ended its job, at what came of it. */
  async #look(): Promise<void> {
    const before = this.elsewhere;
    await this.#list();
    const { last } = this;
    const stored = this.list.find(({ id }) => id === last?.job.id);
    if (stored !== undefined && before.includes(stored.id) && !this.busy) this.last = await this.#resultOf(stored);
  }

  #resultOf(job: StoredJob): Promise<JobResult> {
    return resultOf(this.#services.database, job, this.#datasets.find(job.source.datasetId));
  }

  /** Tells what was done to a dataset, with a way back as long as nothing else was done to it. */
  #done(what: string, made: Pick<HeldDataset, 'id' | 'name' | 'sentences'>, undo: () => Promise<void>): void {
    const run = async () => {
      refuseChanged(this.#datasets, [made]);
      await undo();
    };
    this.#notices.done(what, { name: 'Undo', run: () => void this.#notices.guard(run) });
  }

  #datasetOf(result: JobResult, { sentences, findings }: Pick<NewDataset, 'sentences' | 'findings'>): NewDataset {
    const { job, recipe } = result;
    const from = this.#datasets.find(job.source.datasetId);
    const simulated = recipe.teacher.kind === 'simulated';
    const notices = [from?.notice ?? '', simulated ? simulatedNotice : ''].filter((notice) => notice !== '');
    const how = `Labels by ${authorOf(result).name}${recipe.samples > 1 ? `, ${String(recipe.samples)} answers each` : ''}`;
    const texts = new Set(sentences.map(({ text }) => text));
    const doubled = this.#datasets.list.some(
      ({ role, sentences: others }) => role === 'silver' && others.some(({ text }) => texts.has(text)),
    );
    return {
      name: job.spec.name,
      role: doubled ? 'aside' : 'silver',
      sentences,
      findings,
      source: {
        fileName: '',
        format: 'teacher',
        made: { from: from === undefined ? [] : [from.id], how },
        job: job.id,
      },
      notice: notices.join(' '),
    };
  }
}
