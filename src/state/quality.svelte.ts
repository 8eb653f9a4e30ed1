import * as v from 'valibot';
import { sentenceOf, type ErrorText } from '../core/errorTexts.ts';
import { defaultThreshold } from '../llm/quality/gate.ts';
import { loadSetting, saveSetting } from '../storage/settings.ts';
import type { AnnotateJobs } from './annotateJobs.svelte.ts';
import { decodeRecipe } from './annotateRecipe.ts';
import { resultOf } from './annotateResult.ts';
import type { DatasetsState } from './datasets.svelte.ts';
import {
  foundOn,
  judge,
  labelsKey,
  rivals,
  sharedWith,
  standingOfJudged,
  type Judged,
  type Labelling,
  type Probe,
} from './quality.ts';
import { labellingOf, probeLabelling } from './qualityJobs.ts';
import { loadSampleTeacher, type SampleTeacher } from './qualitySample.ts';
import { isSample } from './sample.ts';
import type { Services } from './services.ts';
import type { TeacherState } from './teacher.svelte.ts';

const thresholdName = 'teacher-threshold';
const thresholdSchema = v.fallback(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), defaultThreshold);

/** Is the teacher any good? Every labelling that shares sentences with gold, judged on it. */
export class QualityState {
  /** F1 below which training warns, 0 … 1. */
  threshold = $state(defaultThreshold);
  /** What the person chose to look at, by id; '' or an id that is gone = the first. */
  probeId = $state('');
  shownId = $state('');
  rivalId = $state('');
  sample: SampleTeacher | null = $state.raw(null);
  problem: ErrorText | null = $state.raw(null);

  /** What teachers were asked of gold only to be judged. */
  #asked: readonly Labelling[] = $state.raw([]);

  /** Recorded answers are for the sample, and for a first look: beside a person's own data they would pass for their teacher's. */
  readonly #withSample: boolean = $derived.by(
    () => this.#datasets.list.length === 0 || this.#datasets.list.some(isSample),
  );

  /** Silver of the project, answers to probes, and the sample's recorded ones. */
  readonly labellings: readonly Labelling[] = $derived.by(() => {
    const silver = this.#datasets.list
      .filter(({ role, source }) => role === 'silver' || (role === 'aside' && source.job !== undefined))
      .map((dataset) => labellingOf(dataset, this.#jobs.list));
    return [...silver, ...this.#asked, ...(this.#withSample ? (this.sample?.labellings ?? []) : [])];
  });

  /** Gold that some labelling has labelled too; the one that tells most first. Test is kept out: it judges the model. */
  readonly probes: readonly Probe[] = $derived.by(() => {
    const gold = this.#datasets.list
      .filter(({ role }) => role === 'gold' || role === 'dev')
      .map(({ id, name, sentences }): Probe => ({ id, name, sentences, datasetId: id }));
    const all = gold.length > 0 || this.sample === null || !this.#withSample ? gold : [this.sample.probe];
    const shared = (probe: Probe) =>
      Math.max(0, ...this.labellings.map(({ sentences }) => sharedWith(probe.sentences, sentences)));
    return all
      .map((probe) => ({ probe, shared: shared(probe) }))
      .filter((one) => one.shared > 0)
      .sort((a, b) => b.shared - a.shared)
      .map(({ probe }) => probe);
  });
  readonly probe: Probe | null = $derived(this.probes.find(({ id }) => id === this.probeId) ?? this.probes[0] ?? null);

  /** Each labelling that the probe can judge; of those that say the same there, the first. */
  readonly judged: readonly Judged[] = $derived.by(() => {
    const { probe } = this;
    if (probe === null) return [];
    const said = new Set<string>();
    return this.labellings.flatMap((labelling) => {
      const key = labelsKey(foundOn(probe.sentences, labelling.sentences));
      if (said.has(key) || sharedWith(probe.sentences, labelling.sentences) === 0) return [];
      said.add(key);
      return [judge(probe, labelling, this.threshold)];
    });
  });
  readonly shown: Judged | null = $derived(this.#judgedAs(this.shownId) ?? this.judged[0] ?? null);
  /** Those that the shown one can be compared with. */
  readonly others: readonly Judged[] = $derived.by(() => {
    const shownId = this.shown?.labelling.id;
    return this.judged.filter(({ labelling }) => labelling.id !== shownId);
  });
  /** What it is compared with; where nothing was chosen, that which answered most. */
  readonly rival: Judged | null = $derived.by(() => {
    const { others } = this;
    const chosen = others.find(({ labelling }) => labelling.id === this.rivalId);
    return chosen ?? [...others].sort((a, b) => b.gate.sentences - a.gate.sentences)[0] ?? null;
  });
  readonly rivals = $derived.by(() =>
    this.probe === null || this.shown === null || this.rival === null
      ? null
      : rivals(this.probe, this.rival.labelling, this.shown.labelling),
  );

  /** What must be said of the shown score, since several prompts were tried; '' for nothing. */
  readonly standing: string = $derived(
    this.probe === null || this.shown === null ? '' : standingOfJudged(this.probe, this.shown, this.judged),
  );

  /** Silver of the project that gold says is below the threshold: training on it warns. */
  readonly warnings: readonly Judged[] = $derived.by(() =>
    this.labellings.flatMap((labelling) => {
      if (this.#datasets.find(labelling.datasetId ?? '')?.role !== 'silver') return [];
      const best = [...this.probes].sort(
        (a, b) => sharedWith(b.sentences, labelling.sentences) - sharedWith(a.sentences, labelling.sentences),
      )[0];
      if (best === undefined) return [];
      const judged = judge(best, labelling, this.threshold);
      return judged.gate.verdict === 'below' ? [judged] : [];
    }),
  );

  readonly #services: Services;
  readonly #datasets: DatasetsState;
  readonly #jobs: Pick<AnnotateJobs, 'list'>;
  readonly #teacher: Pick<TeacherState, 'read'>;

  constructor(
    services: Services,
    datasets: DatasetsState,
    jobs: Pick<AnnotateJobs, 'list'>,
    teacher: Pick<TeacherState, 'read'>,
  ) {
    this.#teacher = teacher;
    this.#services = services;
    this.#datasets = datasets;
    this.#jobs = jobs;
  }

  async load(): Promise<void> {
    this.threshold = v.parse(thresholdSchema, await loadSetting(this.#services.database, thresholdName));
  }

  /** Reads the sample's recorded teacher, once. */
  async look(): Promise<void> {
    if (this.sample !== null) return;
    this.problem = null;
    try {
      this.sample = await loadSampleTeacher(this.#teacher, (path) => this.#services.fetchText(path));
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }

  /** Reads what came of jobs that asked about gold only to judge a teacher. */
  async lookAtJobs(): Promise<void> {
    const jobs = this.#jobs.list.filter(
      ({ source, progress }) => decodeRecipe(source.recipe)?.purpose === 'probe' && (progress?.answered ?? 0) > 0,
    );
    const asked: Labelling[] = [];
    for (const job of jobs) {
      const dataset = this.#datasets.find(job.source.datasetId);
      if (dataset === undefined) continue; // its gold is gone: nothing to judge by
      asked.push(probeLabelling(await resultOf(this.#services.database, job, dataset)));
    }
    this.#asked = asked;
  }

  async setThreshold(threshold: number): Promise<void> {
    this.threshold = v.parse(thresholdSchema, threshold);
    await saveSetting(this.#services.database, thresholdName, this.threshold);
  }

  #judgedAs(id: string): Judged | null {
    return this.judged.find(({ labelling }) => labelling.id === id) ?? null;
  }
}
