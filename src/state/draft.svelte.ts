import { AppError } from '../core/errors.ts';
import { defaultConfig, type RegimenId, type RunConfig } from '../run/config.ts';
import { decodeConfig, fieldOf, rangeOf, type FieldKind } from '../run/fields.ts';
import { regimens } from '../run/regimens.ts';
import type { SourceCounts } from '../run/plan.ts';
import { secondsOf, shippedModel, stepsOf, type Rate } from './estimate.ts';
import { usualRegimen, type Preset } from './presets.ts';
import { unique } from './unique.ts';

/** One run that the settings ask for. */
export interface PlannedRun {
  readonly name: string;
  readonly config: RunConfig;
  /** null where the data lack a source that the regimen needs. */
  readonly steps: number | null;
}

/** Seeds as a person writes them: whole numbers from 0, between commas or spaces. null where one is none. */
export function seedsOf(text: string): readonly number[] | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const seeds = parts.map(Number);
  const good = parts.length > 0 && parts.every((part) => /^\d{1,9}$/.test(part));
  return good ? unique(seeds) : null;
}

export function runNameOf(config: RunConfig): string {
  return `${regimens[config.regimen].name}, seed ${String(config.seed)}`;
}

/** What a person typed, as the value that it stands for; what cannot be read stays text, which no range allows. */
function valueOf(kind: FieldKind, text: string): unknown {
  if (kind.kind === 'switch') return text === 'true';
  if (kind.kind !== 'number') return text;
  if (text === '') return kind.none === undefined ? text : null;
  const value = Number(text.replace(',', '.'));
  return Number.isNaN(value) ? text : value;
}

/** The settings on the Train page before a run starts: regimens × seeds over one base of settings. */
export class DraftState {
  base: RunConfig = $state.raw(defaultConfig);
  /** The regimens that the person chose; null before that: the usual one for the data there is. */
  chosen: readonly RegimenId[] | null = $state.raw(null);
  seedText = $state('0');
  /** Texts of fields that cannot be read yet, by field: they wait to be mended. */
  problems: Readonly<Record<string, string>> = $state.raw({});

  readonly regimens: readonly RegimenId[] = $derived.by(() => this.chosen ?? [usualRegimen(this.#counts())]);
  readonly seeds = $derived(seedsOf(this.seedText));
  readonly configs: readonly RunConfig[] = $derived(
    this.regimens.flatMap((regimen) => (this.seeds ?? []).map((seed) => ({ ...this.base, regimen, seed }))),
  );

  readonly planned: readonly PlannedRun[] = $derived.by(() => {
    const counts = this.#counts();
    return this.configs.map((config) => ({ name: runNameOf(config), config, steps: stepsOf(config, counts) }));
  });
  /** Those that the data suffice for. */
  readonly runnable: readonly PlannedRun[] = $derived(this.planned.filter(({ steps }) => steps !== null));
  /** Whether all that was typed can be read, and there is something to run. */
  readonly sound: boolean = $derived(Object.keys(this.problems).length === 0 && this.runnable.length > 0);

  readonly #counts: () => SourceCounts;

  constructor(counts: () => SourceCounts) {
    this.#counts = counts;
  }

  set<K extends keyof RunConfig>(name: K, value: RunConfig[K]): void {
    this.base = { ...this.base, [name]: value };
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

  toggle(regimen: RegimenId, on: boolean): void {
    const others = this.regimens.filter((r) => r !== regimen);
    this.chosen = on ? [...others, regimen] : others;
  }

  take(preset: Preset): void {
    this.base = { ...defaultConfig, ...preset.config };
    this.chosen = preset.regimens;
    this.seedText = preset.seeds;
    this.problems = {};
  }

  isPreset(preset: Preset): boolean {
    const asked = JSON.stringify([{ ...defaultConfig, ...preset.config }, [...preset.regimens].sort(), preset.seeds]);
    return asked === JSON.stringify([this.base, [...this.regimens].sort(), this.seedText]);
  }

  /** Seconds of all runs together; null where nothing is known of the device's speed. */
  seconds(tokensPerSentence: number, rate: Rate | null): number | null {
    if (rate === null) return null;
    return this.runnable.reduce((sum, { config, steps }) => {
      const work = { steps: steps ?? 0, batchSize: config.batchSize, layers: config.layers, tokensPerSentence };
      return sum + secondsOf(work, shippedModel, rate);
    }, 0);
  }
}
