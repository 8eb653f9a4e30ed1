import { AppError } from '../core/errors.ts';
import { sentenceOf, type ErrorText } from '../core/errorTexts.ts';
import type { Sentence } from '../data/types.ts';
import type { JobPlan } from '../llm/job/plan.ts';
import type { Again, JobSpec } from '../llm/job/types.ts';
import { loadSetting, saveSetting } from '../storage/settings.ts';
import { decodeForm, emptyForm, withoutKeys, type AnnotateForm, type TeacherKind } from './annotateForm.ts';
import { AnnotateJobs, type StoredJob } from './annotateJobs.svelte.ts';
import { endpointSpec, numberIn, wholeOf } from './annotatePlan.ts';
import { planOf, shownRequest, type ShownRequest } from './annotateRequests.ts';
import { definitionsOf, labelsAsked, labelsMissing } from './annotateLabels.ts';
import { AnnotateNearest, type NearestOptions } from './annotateNearest.svelte.ts';
import { AnnotatePredictions } from './annotatePredictions.svelte.ts';
import { askedIn, questionsOf, recipeAbout } from './annotateRecipe.ts';
import type { Purpose, Recipe } from './annotateRecipe.ts';
import { madeOf, shortName, teacherName } from './annotateResult.ts';
import * as choice from './annotateSentences.ts';
import { checkSame, choiceOf, localSpec, sourceOf } from './annotateSource.ts';
import type { DatasetsState, HeldDataset } from './datasets.svelte.ts';
import { serverOf, type Server } from './endpoint.ts';
import { EndpointAccess } from './endpointAccess.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import { PricesState } from './prices.svelte.ts';
import { PromptsState } from './prompts.svelte.ts';
import { isSample } from './sample.ts';
import type { Services } from './services.ts';
import type { TeacherState } from './teacher.svelte.ts';
import { withId } from './withId.ts';

const setting = 'annotate-form';

/** What a job would take, or why it cannot be begun. */
export type Planned =
  | { readonly ok: true; readonly plan: JobPlan; readonly spec: JobSpec }
  | { readonly ok: false; readonly problem: ErrorText };

/** What the Annotate place is set to: what is asked about, whom, how, and what it would take. The jobs are in `jobs`. */
export class AnnotateState {
  form: AnnotateForm = $state.raw(emptyForm);
  loaded = $state(false);
  readonly access: EndpointAccess;
  readonly predictions: AnnotatePredictions;
  readonly nearest: AnnotateNearest;
  readonly prompts: PromptsState;
  readonly prices: PricesState;
  readonly jobs: AnnotateJobs;

  readonly hasSample: boolean = $derived.by(() => this.#datasets.list.some(isSample));
  /** The teacher that was chosen; before that what can be tried without a key. */
  readonly kind: TeacherKind = $derived(this.form.teacher || (this.hasSample ? 'recorded' : 'endpoint'));
  readonly server: Server = $derived(serverOf(this.form.server));
  readonly candidates: readonly HeldDataset[] = $derived.by(() => choice.candidatesOf(this.#datasets.list));
  /** What is asked about; null where there is nothing. */
  readonly dataset: HeldDataset | null = $derived(
    this.candidates.find(({ id }) => id === this.form.datasetId) ??
      this.candidates.find((dataset) => this.eligibleIn(dataset).length > 0) ??
      null,
  );
  /** Sentences of the dataset that the teacher can be asked about. */
  readonly eligible: readonly Sentence[] = $derived(this.dataset === null ? [] : this.eligibleIn(this.dataset));
  readonly count: number | null = $derived(choice.countOf(this.form.count, this.eligible.length));
  /** The sentences that a job would ask about. */
  readonly asked: readonly Sentence[] = $derived(
    choice.chosenOf(this.eligible, this.count ?? 0, this.form.way, this.#predicted, wholeOf(this.form.seed)),
  );
  readonly labels: readonly string[] = $derived.by(() => labelsAsked(this.form.labels, this.#datasets.labels));
  /** Those that are likely to have been forgotten. */
  readonly missing: readonly string[] = $derived(labelsMissing(this.labels));
  readonly definitions: Readonly<Record<string, string>> = $derived(definitionsOf(this.labels, this.form.definitions));
  readonly gold: readonly HeldDataset[] = $derived.by(() =>
    this.#datasets.list.filter((d) => d.role === 'gold' && d.counts.labelled > 0),
  );
  readonly probeDataset: HeldDataset | null = $derived(
    this.gold.find(({ id }) => id === this.form.probeId) ?? this.gold[0] ?? null,
  );
  /** Gold sentences, with their labels, that judge the teacher and never serve as examples. */
  readonly probe: readonly Sentence[] = $derived(choice.probeOf(this.probeDataset, this.form.probeCount));
  /** Ids of the sentences that no prompt may show: those of the probe, of dev and of test. */
  readonly kept: ReadonlySet<string> = $derived.by(() => {
    const { dev, test } = this.#datasets.runData;
    return new Set([...this.probe, ...dev, ...test].map(({ id }) => id));
  });
  /** The prompt as it is put; recorded answers have one of the two that they were given to. */
  readonly template = $derived.by(() => {
    const isOther = this.kind === 'recorded' && this.form.promptId !== 'cot';
    return this.prompts.find(isOther ? 'standard' : this.form.promptId);
  });
  /** What the questions are made of. */
  readonly recipe: Recipe = $derived({
    purpose: 'annotate',
    sentences: this.asked.map(({ id }) => id),
    template: this.template,
    labels: this.labels,
    definitions: this.definitions,
    ...this.#examples(),
    samples: Math.max(1, wholeOf(this.form.samples)),
    teacher: choiceOf(this.kind, this.template, this.form),
  });
  /** Who is asked, for a person: a model's name, or what stands for one. */
  readonly teacher: { readonly kind: TeacherKind; readonly name: string; readonly simulated: boolean } = $derived({
    kind: this.kind,
    name: teacherName(this.recipe, this.form.model.trim()),
    simulated: this.kind === 'simulated',
  });
  /** Whether the teacher can be asked now, as far as address, key and model go. */
  readonly isTeacherReady: boolean = $derived.by(() => {
    if (this.kind !== 'endpoint') return this.eligible.length > 0;
    return this.form.model.trim() !== '' && this.access.isReady(this.form.endpoint, this.server);
  });

  /** What nearest examples are chosen by; null where the prompt shows none. */
  readonly nearestOptions: NearestOptions | null = $derived.by(() => {
    const { on, choice: way, count } = this.template.blocks.examples;
    return on && way === 'nearest' ? { gold: this.gold, kept: this.kept, count } : null;
  });
  /** All sentences that a job may ask about: those that are chosen, and the probe. */
  readonly askable: readonly Sentence[] = $derived([...this.asked, ...this.probe]);

  readonly #services: Services;
  readonly #datasets: DatasetsState;
  readonly #notices: Notices;
  readonly #recorded: TeacherState;
  #saving: Promise<void> = Promise.resolve();

  constructor(services: Services, datasets: DatasetsState, notices: Notices, recorded: TeacherState) {
    this.#services = services;
    this.#datasets = datasets;
    this.#notices = notices;
    this.#recorded = recorded;
    this.access = new EndpointAccess(services.client);
    this.predictions = new AnnotatePredictions(services.client, notices);
    this.nearest = new AnnotateNearest(services, notices);
    this.jobs = new AnnotateJobs(services, datasets, notices);
    this.prompts = new PromptsState(services, (hash) => this.jobs.usedPrompts.has(hash));
    this.prices = new PricesState(services);
  }

  async load(): Promise<void> {
    this.form = decodeForm(await loadSetting(this.#services.database, setting));
    await this.prompts.load();
    await this.prices.load();
    await this.jobs.load();
    this.loaded = true;
  }

  /** Changes the form, which is kept over a reload, but for a key that was typed in the wrong place. */
  set(change: Partial<AnnotateForm>): void {
    const form = { ...this.form, ...change };
    this.form = form;
    const stored = withoutKeys(form, this.access.keys());
    const save = () => this.#notices.guard(() => saveSetting(this.#services.database, setting, stored));
    this.#saving = this.#saving.then(save);
  }

  /** Resolves once the form is stored. */
  get saved(): Promise<void> {
    return this.#saving;
  }

  eligibleIn(dataset: HeldDataset): readonly Sentence[] {
    if (this.kind === 'recorded') {
      const isCot = this.form.promptId === 'cot';
      return withId(dataset.sentences, this.#recorded.answers[isCot ? 'cot' : 'standard']?.answers ?? []);
    }
    if (this.kind === 'simulated') return withId(dataset.sentences, choice.trustedOf(dataset, this.#datasets.list));
    return dataset.sentences;
  }

  /** The settings of the next job. Throws `config-invalid` for what cannot be asked. */
  async spec(id: string, name: string): Promise<JobSpec> {
    const thinks = this.template.blocks.reasoning.on;
    if (this.nearestOptions !== null) this.nearest.check(this.askable, this.nearestOptions);
    numberIn('answers a sentence', this.form.samples, { min: 1, max: 20, whole: true });
    if (this.kind !== 'endpoint' && this.kind !== 'files') return localSpec(id, name, await this.#source(this.recipe));
    const price = this.prices.of(this.form.model, this.server);
    return endpointSpec(this.form, { id, name, thinks, price, keys: this.access.keys() });
  }

  /** The request for one sentence, word for word as it would be sent, without the key. Throws `config-invalid`. */
  requestOf(sentence: Sentence): ShownRequest {
    return shownRequest(this.form, this.recipe, sentence, this.kind === 'endpoint', this.access.keys());
  }

  /** What the next job would take, less what is answered already; nothing is sent. */
  async plan(purpose: Purpose = 'annotate'): Promise<Planned> {
    try {
      const sentences = purpose === 'probe' ? this.probe : this.asked;
      const recipe = recipeAbout(sentences, this.recipe, purpose);
      const spec = await this.spec('plan', '');
      return { ok: true, spec, plan: await planOf(this.#services.database, spec, recipe, sentences) };
    } catch (error) {
      return { ok: false, problem: sentenceOf(error) };
    }
  }

  /** Begins a job: about the chosen sentences, or about the probe. Ends with the job. */
  async start(purpose: Purpose = 'annotate'): Promise<void> {
    await this.#notices.guard(async () => {
      const dataset = purpose === 'probe' ? this.probeDataset : this.dataset;
      if (dataset === null) throw new AppError('data-empty', 'nothing to ask about', { source: 'unlabelled' });
      const recipe = recipeAbout(purpose === 'probe' ? this.probe : this.asked, this.recipe, purpose);
      const what = purpose === 'probe' ? `probe of ${dataset.name}` : dataset.name;
      const name = `${what}, ${shortName(recipe, this.form.model.trim())}`;
      await this.#run(await this.spec(this.#services.newId(), name), recipe, dataset, none);
    });
  }

  /** Goes on with a job; what failed or may have been charged is asked again on demand only. */
  async goOn(job: StoredJob, again: Again = none, change: Partial<Pick<JobSpec, 'budgetUsd'>> = {}): Promise<void> {
    await this.#notices.guard(async () => {
      const { recipe, dataset } = madeOf(job, this.#datasets.find(job.source.datasetId));
      await this.#run({ ...job.spec, ...change }, recipe, dataset, again);
    });
  }

  async #run(spec: JobSpec, recipe: Recipe, dataset: HeldDataset, again: Again): Promise<void> {
    const teacher = await this.#source(recipe, dataset, spec.settings.endpoint);
    checkSame(teacher, spec);
    const sentences = askedIn(recipe, dataset.sentences);
    const questions = questionsOf(recipe, sentences);
    const source = { datasetId: dataset.id, recipe };
    await this.jobs.run({ spec, questions, again, source, teacher }, recipe, sentences);
  }

  /** Predictions of the chosen dataset; those of another say nothing of it. */
  get #predicted() {
    const { found } = this.predictions;
    return found?.datasetId === this.dataset?.id ? found : null;
  }

  #examples(): Pick<Recipe, 'examples' | 'shown'> {
    if (this.nearestOptions !== null) return this.nearest.examplesOf(this.askable, this.nearestOptions);
    const seed = wholeOf(this.form.exampleSeed);
    return { examples: choice.drawnExamples(this.template, this.gold, this.kept, seed), shown: null };
  }

  #source({ teacher }: Recipe, dataset = this.dataset, endpoint = this.form.endpoint) {
    return sourceOf(teacher, {
      key: this.access.keyFor(endpoint),
      answers: async (prompt) => (await this.#recorded.read(prompt)).answers,
      gold: () => (dataset === null ? [] : choice.trustedOf(dataset, this.#datasets.list)),
    });
  }
}

const none: Again = { failed: false, uncertain: false };
