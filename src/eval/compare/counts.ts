import { entitiesOf, type Reading } from '../entities.ts';

/** Entities of each unit (a sentence, or a document): found rightly, predicted, and in the reference. All of equal length. */
export interface UnitCounts {
  readonly correct: Int32Array;
  readonly predicted: Int32Array;
  readonly gold: Int32Array;
}

/** Micro F1 of sums: 2 · correct / (predicted + gold), and 0 where there is nothing at all, as in `scoresOf`. */
export function f1Of(correct: number, predicted: number, gold: number): number {
  return correct === 0 ? 0 : (2 * correct) / (predicted + gold);
}

/** Counts by sentence of predicted against gold tags; both hold the same sentences with the same words. */
export function countsOf(
  gold: readonly (readonly string[])[],
  predicted: readonly (readonly string[])[],
  reading: Reading = 'default',
): UnitCounts {
  const counts = emptyCounts(gold.length);
  gold.forEach((tags, i) => {
    const expected = new Set(keysOf(tags, reading));
    const found = keysOf(predicted[i]!, reading);
    counts.gold[i] = expected.size;
    counts.predicted[i] = found.length;
    counts.correct[i] = found.filter((key) => expected.has(key)).length;
  });
  return counts;
}

function keysOf(tags: readonly string[], reading: Reading): string[] {
  return entitiesOf(tags, reading).map(({ start, end, label }) => `${String(start)} ${String(end)} ${label}`);
}

/** What is drawn and swapped as a whole: sentences, or the documents that they stand in. */
export interface Units {
  readonly kind: 'sentences' | 'documents';
  readonly count: number;
  /** The unit of each sentence, 0 … count − 1. */
  readonly of: Int32Array;
}

/** Documents below which a bootstrap over them says little: then sentences are the units. */
export const leastDocuments = 20;

/** Documents where every sentence names its own and there are enough of them, else sentences. */
export function unitsOf(documents: readonly (string | null)[]): Units {
  const numbers = new Map<string, number>();
  for (const name of documents) if (name !== null && !numbers.has(name)) numbers.set(name, numbers.size);
  if (numbers.size < leastDocuments || documents.includes(null)) {
    return { kind: 'sentences', count: documents.length, of: Int32Array.from(documents, (_, i) => i) };
  }
  return { kind: 'documents', count: numbers.size, of: Int32Array.from(documents, (name) => numbers.get(name ?? '')!) };
}

/** Counts by sentence added up to counts by unit. */
export function gather(counts: UnitCounts, units: Units): UnitCounts {
  if (units.kind === 'sentences') return counts;
  const sums = emptyCounts(units.count);
  units.of.forEach((unit, i) => {
    sums.correct[unit]! += counts.correct[i]!;
    sums.predicted[unit]! += counts.predicted[i]!;
    sums.gold[unit]! += counts.gold[i]!;
  });
  return sums;
}

function emptyCounts(size: number): UnitCounts {
  return { correct: new Int32Array(size), predicted: new Int32Array(size), gold: new Int32Array(size) };
}
