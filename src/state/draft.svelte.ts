import { scheduleIds, type ScheduleId } from '../blend/schedules.ts';
import { AppError } from '../core/errors.ts';
import { digestJson } from '../core/hash.ts';
import { defaultConfig, regimenIds, type RegimenId, type RunConfig } from '../run/config.ts';
import { costRuns, type CostedRun } from '../run/experiment/cost.ts';
import { decodeSpec } from '../run/experiment/decodeSpec.ts';
import {
  planExperiment,
  type BudgetId,
  type ExperimentSpec,
  type PlannedExperiment,
} from '../run/experiment/experiment.ts';
import { experimentPresets, presetIds, specOf, type PresetId } from '../run/experiment/presets.ts';
import { groupKey, runName, type Variant } from '../run/experiment/variant.ts';
import { decodeConfig, fieldOf, rangeOf } from '../run/fields.ts';
import type { SourceCounts } from '../run/plan.ts';
import { goldSizesOf, goldSizesText, seedsOf, valueOf } from './draftText.ts';

/** A preset of the library, or the one run that a newcomer begins with. */
export type DraftPreset = PresetId | 'one-run';

const nothing: PlannedExperiment = { configs: [], leftOut: [] };

/** What one would train first with such data. */
export function usualRegimen({ silver, gold }: SourceCounts): RegimenId {
  if (silver > 0 && gold > 0) return 'simple-mix';
  return silver > 0 ? 'silver-only' : 'gold-only';
}

/** The experiment of a preset over the default settings. */
export function presetSpec(id: DraftPreset, counts: SourceCounts): ExperimentSpec {
  if (id !== 'one-run') return specOf(id, defaultConfig, counts);
  const variants = [{ regimen: usualRegimen(counts) }];
  return { base: defaultConfig, variants, goldSizes: [null], seeds: [0], budget: 'free' };
}

/** The settings on the Train page before runs start: regimens and schedules × gold sizes × seeds over one base of settings. */
export class DraftState {
  base: RunConfig = $state.raw(defaultConfig);
  /** The ways to mix that the person chose; null before that: the usual one for the data there is. */
  chosen: readonly Variant[] | null = $state.raw(null);
  seedText = $state('0');
  /** Sizes of gold to train on; empty for all of it. */
  sizeText = $state('');
  budget: BudgetId = $state('free');
  /** Texts of fields that cannot be read yet, by field: they wait to be mended. */
  problems: Readonly<Record<string, string>> = $state.raw({});

  readonly variants: readonly Variant[] = $derived.by(() => this.chosen ?? [{ regimen: usualRegimen(this.#counts()) }]);
  readonly seeds = $derived(seedsOf(this.seedText));
  readonly goldSizes = $derived(goldSizesOf(this.sizeText));
  /** null while seeds or sizes cannot be read. */
  readonly spec: ExperimentSpec | null = $derived.by(() => {
    const { base, variants, budget, seeds, goldSizes } = this;
    return seeds === null || goldSizes === null ? null : { base, variants, budget, seeds, goldSizes };
  });
  readonly plan: PlannedExperiment = $derived.by(() =>
    this.spec === null ? nothing : planExperiment(this.spec, this.#counts()),
  );
  /** What each run costs in steps, in the order of the plan. */
  readonly costs: readonly CostedRun[] = $derived.by(() => costRuns(this.plan.configs, this.#counts()));
  /** One run of each group that differs by seed alone, with its steps. */
  readonly groups: readonly { readonly key: string; readonly config: RunConfig; readonly steps: number }[] =
    $derived.by(() => {
      const byKey = new Map<string, { key: string; config: RunConfig; steps: number }>();
      for (const [i, config] of this.plan.configs.entries()) {
        const key = groupKey(config);
        if (!byKey.has(key)) byKey.set(key, { key, config, steps: this.costs[i]?.steps ?? 0 });
      }
      return [...byKey.values()];
    });
  /** What the experiment is called. */
  readonly name: string = $derived.by(() => {
    const { configs } = this.plan;
    const preset = presetIds.find((id) => this.isPreset(id));
    if (preset !== undefined) return experimentPresets[preset].name;
    if (configs.length === 1) return runName(configs[0]!);
    const [ways, seeds] = [this.groups.length, configs.length / this.groups.length];
    return `${counted(ways, 'way')} × ${counted(seeds, 'seed')}`;
  });
  /** What a reload brings back with `restore`; null for what stands there anyway. */
  readonly kept: ExperimentSpec | null = $derived.by(() => (this.isPreset('one-run') ? null : this.spec));
  /** Whether all that was typed can be read, and there is something to run. */
  readonly sound: boolean = $derived(Object.keys(this.problems).length === 0 && this.plan.configs.length > 0);

  readonly #counts: () => SourceCounts;

  constructor(counts: () => SourceCounts) {
    this.#counts = counts;
  }

  /** Takes a field's text as typed; what does not fit its range is told by `problems` and changes nothing else. */
  setText(name: keyof RunConfig, text: string): void {
    const kind = fieldOf(name).value;
    const others = Object.fromEntries(Object.entries(this.problems).filter(([other]) => other !== name));
    try {
      this.base = decodeConfig({ ...this.base, [name]: valueOf(kind, text.trim()) });
      this.problems = others;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.problems = { ...others, [name]: `Must be ${rangeOf(kind).replace(/, or null.*/, ', or empty')}.` };
    }
  }

  has(regimen: RegimenId, schedule?: ScheduleId): boolean {
    return this.variants.some((v) => v.regimen === regimen && (schedule === undefined || v.schedule === schedule));
  }

  /** Adds or takes away a regimen; a blend begins with the sigmoid. */
  toggle(regimen: RegimenId, on: boolean): void {
    const others = this.variants.filter((variant) => variant.regimen !== regimen);
    this.#choose(on ? [...others, regimen === 'blend' ? { regimen, schedule: 'sigmoid' } : { regimen }] : others);
  }

  /** Adds or takes away a blend by a schedule. */
  toggleSchedule(schedule: ScheduleId, on: boolean): void {
    const others = this.variants.filter((variant) => variant.schedule !== schedule);
    this.#choose(on ? [...others, { regimen: 'blend', schedule }] : others);
  }

  /** Sets one number of a schedule's shape, such as its steepness. */
  shape(schedule: ScheduleId, name: string, value: number): void {
    this.chosen = this.variants.map((variant) =>
      variant.schedule === schedule
        ? { ...variant, scheduleSettings: { ...variant.scheduleSettings, [name]: value } }
        : variant,
    );
  }

  take(preset: DraftPreset): void {
    this.takeSpec(presetSpec(preset, this.#counts()));
  }

  takeSpec({ base, variants, seeds, goldSizes, budget }: ExperimentSpec): void {
    this.base = base;
    this.chosen = inOrder(variants);
    this.seedText = seeds.join(', ');
    this.sizeText = goldSizesText(goldSizes);
    this.budget = budget;
    this.problems = {};
  }

  /** Takes what was kept, in whatever version of the app; what is no longer allowed is left aside. */
  restore(kept: unknown): void {
    if (this.chosen !== null) return; // the person was faster
    try {
      const spec = decodeSpec(kept);
      if (spec !== null) this.takeSpec(spec);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }

  /** Whether nothing has been changed since the preset was taken. */
  isPreset(preset: DraftPreset): boolean {
    return this.spec !== null && digestOf(this.spec) === digestOf(presetSpec(preset, this.#counts()));
  }

  #choose(variants: readonly Variant[]): void {
    this.chosen = inOrder(variants);
  }
}

const counted = (n: number, one: string) => `${String(n)} ${one}${n === 1 ? '' : 's'}`;
const digestOf = (spec: ExperimentSpec) => digestJson({ ...spec, variants: inOrder(spec.variants) });

/** In the order of the lists of regimens and schedules, so that plans do not depend on the order of clicks. */
function inOrder(variants: readonly Variant[]): readonly Variant[] {
  const placeOf = ({ regimen, schedule }: Variant) =>
    regimenIds.indexOf(regimen) * 100 + (schedule === undefined ? 0 : scheduleIds.indexOf(schedule));
  return [...variants].sort((a, b) => placeOf(a) - placeOf(b));
}
