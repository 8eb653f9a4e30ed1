import { AppError } from '../core/errors.ts';
import { sentenceOf, type ErrorText } from '../core/errorTexts.ts';
import { digestJson } from '../core/hash.ts';
import type { Sentence } from '../data/types.ts';
import { keyOf } from '../llm/job/key.ts';
import { assumed, planJob, type JobPlan } from '../llm/job/plan.ts';
import { defaultLimits, type Again, type JobSpec } from '../llm/job/types.ts';
import { localSettings, type TeacherSource } from '../llm/providers/teacherOf.ts';
import { loadAnswers } from '../storage/answers.ts';
import { loadSetting, saveSetting } from '../storage/settings.ts';
import { decodeForm, emptyForm, type AnnotateForm, type TeacherKind } from './annotateForm.ts';
import { AnnotateJobs, type StoredJob } from './annotateJobs.svelte.ts';
import { endpointSpec, numberIn } from './annotatePlan.ts';
import { decodeRecipe, questionsOf, askedIn, type Purpose, type Recipe, type TeacherChoice } from './annotateRecipe.ts';
import { presetOf, teacherName } from './annotateResult.ts';
import {
  candidatesOf,
  chosenOf,
  countOf,
  drawnExamples,
  probeOf,
  trustedOf,
  type Predictions,
} from './annotateSentences.ts';
import type { DatasetsState, HeldDataset } from './datasets.svelte.ts';
import { serverOf } from './endpoint.ts';
import type { Notices } from './notices.svelte.ts';
import { PricesState } from './prices.svelte.ts';
import { conllDefinitions, PromptsState } from './prompts.svelte.ts';
import { isSample } from './sample.ts';
import type { Services } from './services.ts';
import type { TeacherState } from './teacher.svelte.ts';
import { withId } from './withId.ts';

const setting = 'annotate-form';

/** What a job would take, or why it cannot be begun. */
export type Planned =
  { readonly ok: true; readonly plan: JobPlan } | { readonly ok: false; readonly problem: ErrorText };

/** What the Annotate place is set to: what is asked about, whom, how, and what it would take. The jobs are in `jobs`. */
export class AnnotateState {
  form: AnnotateForm = $state.raw(emptyForm);
  /** In memory only, and only for the origin of the address that it was typed for. */
  key = $state('');
  predictions: Predictions | null = $state.raw(null);
  readonly prompts: PromptsState;
  readonly prices: PricesState;
  readonly jobs: AnnotateJobs;

  readonly hasSample: boolean = $derived.by(() => this.#datasets.list.some(isSample));
  /** The teacher that was chosen; before that what can be tried without a key. */
  readonly kind: TeacherKind = $derived(this.form.teacher || (this.hasSample ? 'recorded' : 'endpoint'));
  readonly candidates: readonly HeldDataset[] = $derived.by(() => candidatesOf(this.#datasets.list));
  /** What is asked about; null where there is nothing. */
  readonly dataset: HeldDataset | null = $derived(
    this.candidates.find(({ id }) => id === this.form.datasetId) ?? this.candidates.find((d) => this.#fits(d)) ?? null,
  );
  /** Sentences of the dataset that the teacher can be asked about. */
  readonly eligible: readonly Sentence[] = $derived(this.dataset === null ? [] : this.#eligibleIn(this.dataset));
  readonly count: number | null = $derived(countOf(this.form.count, this.eligible.length));
  /** The sentences that a job would ask about. */
  readonly asked: readonly Sentence[] = $derived(
    chosenOf(this.eligible, this.count ?? 0, this.form.way, this.predictions, Number(this.form.seed) || 0),
  );
  readonly labels: readonly string[] = $derived.by(() => {
    const own = this.form.labels.split(/[\s,;]+/).filter((label) => label !== '');
    if (own.length > 0) return [...new Set(own)];
    return this.#datasets.labels.length > 0 ? [...this.#datasets.labels].sort() : Object.keys(conllDefinitions);
  });
  readonly definitions: Readonly<Record<string, string>> = $derived(
    Object.fromEntries(
      this.labels.map((label) => [label, this.form.definitions[label] ?? conllDefinitions[label] ?? '']),
    ),
  );
  readonly gold: readonly HeldDataset[] = $derived.by(() =>
    this.#datasets.list.filter((d) => d.role === 'gold' && d.counts.labelled > 0),
  );
  /** Gold sentences, with their labels, that judge the teacher and never serve as examples. */
  readonly probe: readonly Sentence[] = $derived(
    probeOf(this.gold.find(({ id }) => id === this.form.probeId) ?? this.gold[0], this.form.probeCount),
  );
  /** Ids of the sentences that no prompt may show: those of the probe, of dev and of test. */
  readonly kept: ReadonlySet<string> = $derived.by(() => {
    const { dev, test } = this.#datasets.runData;
    return new Set([...this.probe, ...dev, ...test].map(({ id }) => id));
  });
  /** The prompt as it is put; recorded answers have one of the two that they were given to. */
  readonly template = $derived.by(() => {
    const isRecorded = this.kind === 'recorded';
    return this.prompts.find(isRecorded && this.form.promptId !== 'cot' ? 'standard' : this.form.promptId);
  });
  /** What the questions are made of. */
  readonly recipe: Recipe = $derived({
    purpose: 'annotate',
    sentences: this.asked.map(({ id }) => id),
    template: this.template,
    labels: this.labels,
    definitions: this.definitions,
    examples: drawnExamples(
      this.template,
      this.gold.flatMap(({ sentences }) => sentences),
      this.kept,
      Number(this.form.exampleSeed) || 0,
    ),
    shown: null,
    samples: Math.max(1, Math.floor(Number(this.form.samples)) || 1),
    teacher: this.#choice(),
  });
  /** Who is asked, for a person: a model's name, or what stands for one. */
  readonly teacher: { readonly kind: TeacherKind; readonly name: string; readonly simulated: boolean } = $derived({
    kind: this.kind,
    name: this.kind === 'files' ? 'files' : teacherName(this.recipe, this.form.model.trim()),
    simulated: this.kind === 'simulated',
  });

  readonly #services: Services;
  readonly #datasets: DatasetsState;
  readonly #notices: Notices;
  readonly #recorded: TeacherState;

  constructor(services: Services, datasets: DatasetsState, notices: Notices, recorded: TeacherState) {
    this.#services = services;
    this.#datasets = datasets;
    this.#notices = notices;
    this.#recorded = recorded;
    this.jobs = new AnnotateJobs(services, datasets, notices);
    this.prompts = new PromptsState(services, (hash) => this.jobs.usedPrompts.has(hash));
    this.prices = new PricesState(services);
  }

  async load(): Promise<void> {
    this.form = decodeForm(await loadSetting(this.#services.database, setting));
    await this.prompts.load();
    await this.prices.load();
    await this.jobs.load();
  }

  /** Changes the form, which is kept over a reload. A key goes when its address does. */
  set(change: Partial<AnnotateForm>): void {
    const before = this.form;
    this.form = { ...before, ...change };
    if (originText(before.endpoint) !== originText(this.form.endpoint)) this.key = '';
    void this.#notices.guard(() => saveSetting(this.#services.database, setting, this.form));
  }

  /** The settings of the next job. Throws `config-invalid` for what cannot be asked. */
  async spec(id: string, name: string): Promise<JobSpec> {
    const thinks = this.template.blocks.reasoning.on;
    if (this.kind === 'endpoint') {
      const price = this.prices.of(this.form.model, serverOf(this.form.server));
      return endpointSpec(this.form, { id, name, thinks, price });
    }
    const source = await this.#sourceOf(this.recipe, this.dataset);
    if (!('answers' in source || 'gold' in source)) throw new AppError('config-invalid', 'no teacher without a key');
    const settings = localSettings(source);
    return { id, name, provider: source.provider, settings, limits: defaultLimits, price: null, budgetUsd: null };
  }

  /** What the next job would take; nothing is sent. */
  async plan(): Promise<Planned> {
    try {
      const spec = await this.spec('plan', '');
      const questions = questionsOf(this.recipe, this.asked);
      const known = await loadAnswers(
        this.#services.database,
        questions.map((question) => keyOf(spec, question)),
      );
      const thinks = this.template.blocks.reasoning.on;
      const again = { failed: false, uncertain: false };
      return { ok: true, plan: planJob({ spec, questions, again }, known, thinks ? assumed.cot : assumed.standard) };
    } catch (error) {
      return { ok: false, problem: sentenceOf(error) };
    }
  }

  /** Begins a job: about the chosen sentences, or about the probe. */
  async start(purpose: Purpose = 'annotate'): Promise<void> {
    await this.#notices.guard(async () => {
      const dataset = purpose === 'probe' ? this.#probeDataset : this.dataset;
      if (dataset === null) throw new AppError('data-empty', 'nothing to ask about', { source: 'unlabelled' });
      const sentences = purpose === 'probe' ? this.probe : this.asked;
      const recipe: Recipe = { ...this.recipe, purpose, sentences: sentences.map(({ id }) => id) };
      const what = purpose === 'probe' ? `${dataset.name}, probe` : dataset.name;
      const spec = await this.spec(this.#services.newId(), `${what}, ${teacherName(recipe, this.form.model.trim())}`);
      await this.#run(spec, recipe, dataset, { failed: false, uncertain: false });
    });
  }

  /** Goes on with a job, with the key that is typed now; what failed or may have been charged is asked again on demand only. */
  async goOn(job: StoredJob, again: Again, change: Partial<Pick<JobSpec, 'budgetUsd'>> = {}): Promise<void> {
    await this.#notices.guard(async () => {
      const recipe = decodeRecipe(job.source.recipe);
      const dataset = this.#datasets.find(job.source.datasetId) ?? null;
      if (recipe === null || dataset === null) {
        const reason = `the sentences of “${job.spec.name}” are no longer here`;
        throw new AppError('data-invalid', reason, { reason });
      }
      await this.#run({ ...job.spec, ...change }, recipe, dataset, again);
    });
  }

  async #run(spec: JobSpec, recipe: Recipe, dataset: HeldDataset, again: Again): Promise<void> {
    const teacher = await this.#sourceOf(recipe, dataset);
    if (!('key' in teacher) && digestJson(localSettings(teacher)) !== digestJson(spec.settings)) {
      const reason = 'the gold that the simulated teacher knew has changed since';
      throw new AppError('data-invalid', reason, { reason });
    }
    const questions = questionsOf(recipe, askedIn(recipe, dataset.sentences));
    await this.jobs.run({ spec, questions, again, source: { datasetId: dataset.id, recipe }, teacher });
  }

  get #probeDataset(): HeldDataset | null {
    return this.gold.find(({ id }) => id === this.form.probeId) ?? this.gold[0] ?? null;
  }

  #fits(dataset: HeldDataset): boolean {
    return this.#eligibleIn(dataset).length > 0;
  }

  #eligibleIn(dataset: HeldDataset): readonly Sentence[] {
    if (this.kind === 'recorded') return withId(dataset.sentences, this.#recorded.recorded?.answers ?? []);
    if (this.kind === 'simulated') return withId(dataset.sentences, trustedOf(dataset, this.#datasets.list));
    return dataset.sentences;
  }

  #choice(): TeacherChoice {
    switch (this.kind) {
      case 'recorded':
        return { kind: 'recorded', prompt: this.template.id === 'cot' ? 'cot' : 'standard' };
      case 'simulated':
        return { kind: 'simulated', preset: this.form.preset, seed: Number(this.form.simulatedSeed) || 0 };
      case 'endpoint':
      case 'files':
        return { kind: 'endpoint', provider: serverOf(this.form.server).provider };
    }
  }

  /** The teacher of a recipe with what a job does not keep. */
  async #sourceOf({ teacher }: Recipe, dataset: HeldDataset | null): Promise<TeacherSource> {
    switch (teacher.kind) {
      case 'endpoint':
        return { provider: teacher.provider, key: this.key.trim() };
      case 'recorded':
        return { provider: 'recorded', answers: (await this.#recorded.read(teacher.prompt)).answers };
      case 'simulated': {
        const gold = dataset === null ? [] : trustedOf(dataset, this.#datasets.list);
        if (gold.length === 0) throw new AppError('data-empty', 'no gold to simulate with', { source: 'gold' });
        return { provider: 'simulated', gold, preset: presetOf(teacher.preset), seed: teacher.seed };
      }
    }
  }

  /** The number that a person typed for the answers a sentence, for its own message. Throws `config-invalid`. */
  samples(): number {
    return numberIn('answers a sentence', this.form.samples, { min: 1, max: 20, whole: true }) ?? 1;
  }
}

function originText(address: string): string {
  return URL.canParse(address.trim()) ? new URL(address.trim()).origin : '';
}
