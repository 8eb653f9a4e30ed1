import { createRandom } from '../../core/random.ts';
import type { Sentence } from '../../data/types.ts';
import { agreementOf, type Agreement } from '../../eval/agreement.ts';
import { drawsOf } from '../../eval/compare/bootstrap.ts';
import { mistakesOf, type Mistake, type MistakeKind } from '../../eval/mistakes.ts';
import { qualityOf, type LabelQuality } from './intervals.ts';
import { labelsOf, probeOf, spanCounts } from './probe.ts';

/** An error of the teacher with the sentence that it stands in. */
export interface ShownMistake extends Mistake {
  readonly sentence: Sentence;
}

/**
 * What the gate says before training. `passed`: even the low end of F1's interval reaches the threshold. `unsure`: F1 does, the
 * low end does not. `below`: training warns. `too-small`: the probe is too small to say.
 */
export type GateVerdict = 'passed' | 'unsure' | 'below' | 'too-small';

/** What a teacher's labels are worth, measured on a gold probe. */
export interface Gate {
  readonly verdict: GateVerdict;
  readonly threshold: number;
  /** Sentences in the scores; `unanswered` and `masked` see `Probe`. */
  readonly sentences: number;
  readonly unanswered: readonly string[];
  readonly masked: number;
  readonly all: LabelQuality;
  readonly labels: Readonly<Record<string, LabelQuality>>;
  /** Words by gold label (rows), then by the teacher's. */
  readonly confusion: Agreement['confusion'];
  readonly mistakes: Readonly<
    Record<MistakeKind, { readonly count: number; readonly examples: readonly ShownMistake[] }>
  >;
  /** USD; null where the cost of some answer is not known. */
  readonly costPer1000: number | null;
}

export interface GateOptions {
  readonly seed?: number;
  readonly rounds?: number;
  /** F1 below which training warns, 0 … 1. */
  readonly threshold?: number;
  /** Examples of each kind of mistake. */
  readonly examples?: number;
  /** What each answer cost, USD. */
  readonly costs?: readonly (number | null)[];
}

/** A teacher below it adds more noise than a person would want to correct; a setting, not a law. */
export const defaultThreshold = 0.8;
/** A probe with fewer sentences or gold entities says too little: its interval is wider than what it decides. */
export const leastProbe = { sentences: 30, entities: 30 };

/** Measures labels against gold of the same sentences, matched by id. Spans count as right with the same range and label. */
export function gateOf(gold: readonly Sentence[], found: readonly Sentence[], options: GateOptions = {}): Gate {
  const { seed = 0, rounds = 2_000, threshold = defaultThreshold, examples = 5, costs = [] } = options;
  const { pairs, unanswered, masked } = probeOf(gold, found);
  const quality = (label: string | null) =>
    qualityOf(spanCounts(pairs, label), rounds, drawsOf(createRandom(seed, `gate/${label ?? ''}`)));
  const all = quality(null);
  const mistakes = pairs.flatMap((pair) =>
    mistakesOf(pair.gold, pair.found).map((mistake): ShownMistake => ({ ...mistake, sentence: pair.sentence })),
  );
  const ofKind = (kind: MistakeKind) => {
    const all = mistakes.filter((mistake) => mistake.kind === kind);
    return { count: all.length, examples: all.slice(0, examples) };
  };
  return {
    verdict: verdictOf(all, pairs.length, threshold),
    threshold,
    sentences: pairs.length,
    unanswered,
    masked,
    all,
    labels: Object.fromEntries(labelsOf(pairs).map((label) => [label, quality(label)])),
    confusion: agreementOf(
      pairs.map((pair) => ({ ...pair.sentence, spans: pair.gold })),
      pairs.map((pair) => ({ ...pair.sentence, spans: pair.found })),
    ).confusion,
    mistakes: {
      boundary: ofKind('boundary'),
      label: ofKind('label'),
      'boundary-and-label': ofKind('boundary-and-label'),
      missed: ofKind('missed'),
      spurious: ofKind('spurious'),
    },
    costPer1000: costPer1000(costs),
  };
}

function verdictOf({ f1, gold }: LabelQuality, sentences: number, threshold: number): GateVerdict {
  if (sentences < leastProbe.sentences || gold < leastProbe.entities) return 'too-small';
  if (f1.value < threshold) return 'below';
  return f1.low < threshold ? 'unsure' : 'passed';
}

function costPer1000(costs: readonly (number | null)[]): number | null {
  if (costs.length === 0) return null;
  let sum = 0;
  for (const cost of costs) {
    if (cost === null) return null;
    sum += cost;
  }
  return (1000 * sum) / costs.length;
}
