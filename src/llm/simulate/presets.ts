import type { MistakeCounts } from './mistakeCounts.ts';
import { ratesOf, type LabelRates, type MistakeRates } from './rates.ts';

/** A simulated teacher. */
export interface SimulationPreset {
  readonly id: string;
  readonly name: string;
  /** Where its rates come from, in a sentence that stands wherever it is offered. */
  readonly source: string;
  readonly rates: MistakeRates;
}

const none = { missed: 0, boundary: 0, label: {}, both: {}, spurious: 0 };

/**
 * Counted by `countTeacherMistakes` over the sample's recorded answers against its 200 gold sentences; a test counts again.
 * The teacher is a language model, and so is who wrote the reference (`public/samples/sotu/README.md`).
 */
export const measured: Readonly<Record<'standard' | 'cot', MistakeCounts>> = {
  standard: {
    sentences: 200,
    labels: {
      LOC: { ...none, gold: 107, label: { MISC: 1 } },
      MISC: { ...none, gold: 71, both: { ORG: 2 }, spurious: 2 },
      ORG: { ...none, gold: 42, spurious: 1 },
      PER: { ...none, gold: 17, spurious: 1 },
    },
  },
  cot: {
    sentences: 200,
    labels: {
      LOC: { ...none, gold: 107, label: { MISC: 1 } },
      MISC: { ...none, gold: 71, boundary: 1, both: { ORG: 2 }, spurious: 3 },
      ORG: { ...none, gold: 42, spurious: 1 },
      PER: { ...none, gold: 17 },
    },
  },
};

const noisy: LabelRates = { missed: 0.12, boundary: 0.08, label: { '*': 0.08 }, both: { '*': 0.02 }, spurious: 0.05 };

export const simulationPresets: readonly SimulationPreset[] = [
  {
    id: 'sample-standard',
    name: 'the sample’s teacher, standard prompt',
    source:
      'Measured on 200 sentences of the sample: its recorded answers against its reference, both by language models.',
    rates: ratesOf(measured.standard),
  },
  {
    id: 'sample-cot',
    name: 'the sample’s teacher, chain of thought',
    source:
      'Measured on 200 sentences of the sample: its recorded answers against its reference, both by language models.',
    rates: ratesOf(measured.cot),
  },
  {
    id: 'sample-standard-10',
    name: 'ten times the mistakes of the sample’s teacher',
    source:
      'The measured mistakes of the sample’s teacher (standard prompt), each ten times as often: nobody measured that.',
    rates: ratesOf(measured.standard, 10),
  },
  {
    id: 'noisy',
    name: 'a noisy teacher',
    source:
      'Made up, in round numbers: of 100 entities 12 missed, 10 with other borders, 10 of another label; measured on nothing.',
    rates: { labels: {}, other: noisy },
  },
];

/** A teacher of one's own: what the gate counted on a probe, times `factor`. */
export function presetOf(counts: MistakeCounts, teacher: string, factor = 1): SimulationPreset {
  const times = factor === 1 ? '' : `, each ${String(factor)} times as often`;
  return {
    id: 'own',
    name: teacher,
    source: `Measured on ${String(counts.sentences)} sentences answered by ${teacher}${times}.`,
    rates: ratesOf(counts, factor),
  };
}
