import { createRandom } from '../core/random.ts';
import { tagIdsOf } from '../data/bio.ts';
import type { Sentence } from '../data/types.ts';
import type { Why } from './why.ts';

/** A sentence with two labels: tag numbers of its words by the reference and by silver; `doubted` words silver does not vouch for. */
export interface Pair {
  readonly sentence: Sentence;
  readonly gold: Int32Array;
  readonly silver: Int32Array;
  readonly doubted: readonly boolean[];
}

/** The sentences that carry silver and trusted labels, and those of them that are looked at while a run trains. */
export interface BothLabels extends Pick<Why, 'reference' | 'shared'> {
  readonly pairs: readonly Pair[];
}

/** Sentences looked at: at the most, and in the shortest runs. */
const [mostPairs, leastPairs] = [100, 10];
/** Fewer sentences of dev say too little: then gold is looked at, although it is trained on. */
const leastOfDev = 20;

/**
 * Pairs of equal text, at most `most`; null where there is none. They are drawn by a seed of their own, so that all runs on the
 * same data look at the same ones, a short run at the first of them. Up to a half are sentences whose labels differ, or a good
 * teacher's mistakes would be too few to count. Words are those of the reference: two readers may have cut one text differently.
 */
export function bothLabels(
  data: Readonly<Record<'silver' | 'gold' | 'dev', readonly Sentence[]>>,
  tags: readonly string[],
  most = mostPairs,
): BothLabels | null {
  const silver = new Map<string, Sentence>();
  for (const sentence of data.silver)
    if (sentence.spans !== null && !silver.has(sentence.text)) silver.set(sentence.text, sentence);
  const shared = (reference: 'gold' | 'dev') => {
    const both = data[reference].filter(({ text, spans }) => spans !== null && silver.has(text));
    return { reference, shared: both.length, both };
  };
  const [dev, gold] = [shared('dev'), shared('gold')];
  const chosen = dev.shared >= leastOfDev || gold.shared === 0 ? dev : gold;
  if (chosen.shared === 0) return null;
  const { both, ...told } = chosen;
  return {
    ...told,
    pairs: drawn(
      both.map((sentence) => pairOf(sentence, silver.get(sentence.text)!, tags)),
      most,
    ),
  };
}

/** The pairs that are looked at, in the order of the data. */
function drawn(pairs: readonly Pair[], most: number): readonly Pair[] {
  const order = pairs.map((_, i) => i);
  createRandom(0, 'both-labels').shuffle(order);
  const differing = order.filter((i) => differs(pairs[i]!)).slice(0, most / 2);
  return [...new Set([...differing, ...order])]
    .slice(0, most)
    .sort((a, b) => a - b)
    .map((i) => pairs[i]!);
}

/** Whether the two labels of a pair differ on a word that silver vouches for. */
export function differs({ gold, silver, doubted }: Pair): boolean {
  return gold.some((tag, i) => tag !== silver[i] && !doubted[i]!);
}

function pairOf(sentence: Sentence, teacher: Sentence, tags: readonly string[]): Pair {
  const masked = teacher.masked ?? [];
  return {
    sentence,
    gold: tagIdsOf(sentence, tags),
    silver: tagIdsOf({ ...sentence, spans: teacher.spans }, tags),
    doubted: sentence.words.map((word) => masked.some(({ start, end }) => word.start < end && word.end > start)),
  };
}

/** Looks that a stage has at the most. */
const mostLooks = 10;
/**
 * Sentences looked at for each sentence trained on, the ends of stages aside. Looking is a forward pass without gradients, dropout
 * or optimizer: 0.34 of a sentence's training on wasm with two layers, so that this stays below a twentieth of the time.
 */
const lookedPerTrained = 0.14;
const atOnePerTrained = 0.08;

/**
 * How many sentences are looked at, at the most, where the first stage has `steps` updates: so few that the looks at the ends of
 * two stages do not weigh on a short run. It is the first stage's that counts, since its end may be taken over by another run.
 */
export function mostPairsOf(steps: number, batchSize: number): number {
  return Math.min(mostPairs, Math.max(leastPairs, Math.floor(atOnePerTrained * steps * batchSize)));
}

/** How often a stage of `steps` updates is looked at; its end is always one of them. */
export function looksOf(steps: number, batchSize: number, pairs: number): number {
  const looks = Math.floor((lookedPerTrained * steps * batchSize) / pairs);
  return Math.min(mostLooks, steps, Math.max(1, looks));
}

/** Whether one of `looks` looks, at equal distances and the last at the end, comes after update `step` of `steps`. */
export function isLook(step: number, steps: number, looks: number): boolean {
  return Math.floor((step * looks) / steps) > Math.floor(((step - 1) * looks) / steps);
}
