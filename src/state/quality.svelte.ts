import * as v from 'valibot';
import { sentenceOf, type ErrorText } from '../core/errorTexts.ts';
import { defaultThreshold } from '../llm/quality/gate.ts';
import { loadSetting, saveSetting } from '../storage/settings.ts';
import type { DatasetsState } from './datasets.svelte.ts';
import { foundOn, judge, labelsKey, rivals, sharedWith, type Judged, type Labelling, type Probe } from './quality.ts';
import { loadSampleTeacher, type SampleTeacher } from './qualitySample.ts';
import { isSample } from './sample.ts';
import type { Services } from './services.ts';

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

  /** Silver of the project, and the sample's recorded answers where it has the sample or nothing else to judge. */
  readonly labellings: readonly Labelling[] = $derived.by(() => {
    const silver = this.#datasets.list
      .filter(({ role }) => role === 'silver')
      .map(({ id, name, sentences }): Labelling => ({ id, name, sentences, datasetId: id, costs: this.#costs(id) }));
    const bare = silver.length === 0 || this.#datasets.list.some(isSample);
    return [...silver, ...(bare ? (this.sample?.labellings ?? []) : [])];
  });

  /** Gold that some labelling has labelled too; the one that tells most first. Test is kept out: it judges the model. */
  readonly probes: readonly Probe[] = $derived.by(() => {
    const gold = this.#datasets.list
      .filter(({ role }) => role === 'gold' || role === 'dev')
      .map(({ id, name, sentences }): Probe => ({ id, name, sentences, datasetId: id }));
    const all = gold.length > 0 || this.sample === null ? gold : [this.sample.probe];
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
  /** What it is compared with. */
  readonly rival: Judged | null = $derived.by(() => {
    const { others } = this;
    return others.find(({ labelling }) => labelling.id === this.rivalId) ?? others[0] ?? null;
  });
  readonly rivals = $derived.by(() =>
    this.probe === null || this.shown === null || this.rival === null
      ? null
      : rivals(this.probe, this.rival.labelling, this.shown.labelling),
  );

  /** Silver of the project that gold says is below the threshold: training on it warns. */
  readonly warnings: readonly Judged[] = $derived.by(() =>
    this.labellings.flatMap((labelling) => {
      if (labelling.datasetId === null) return [];
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
  readonly #costs: (datasetId: string) => readonly (number | null)[];

  /** `costs` gives what each answer behind a dataset cost, where that is known. */
  constructor(
    services: Services,
    datasets: DatasetsState,
    costs: (datasetId: string) => readonly (number | null)[] = () => [],
  ) {
    this.#services = services;
    this.#datasets = datasets;
    this.#costs = costs;
  }

  async load(): Promise<void> {
    this.threshold = v.parse(thresholdSchema, await loadSetting(this.#services.database, thresholdName));
  }

  /** Reads the sample's recorded teacher, once. */
  async look(): Promise<void> {
    if (this.sample !== null) return;
    this.problem = null;
    try {
      this.sample = await loadSampleTeacher((path) => this.#services.fetchText(path));
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }

  async setThreshold(threshold: number): Promise<void> {
    this.threshold = v.parse(thresholdSchema, threshold);
    await saveSetting(this.#services.database, thresholdName, this.threshold);
  }

  #judgedAs(id: string): Judged | null {
    return this.judged.find(({ labelling }) => labelling.id === id) ?? null;
  }
}
