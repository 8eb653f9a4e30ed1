import type { Interval } from '../../core/pairedT.ts';
import type { Comparison } from './compare.ts';
import { leastSeeds } from './leastSeeds.ts';

/** A comparison as one sentence that claims no more than the tests carry. */
export function comparisonInWords(comparison: Comparison): string {
  const { name, baseline, seeds, difference, overSeeds, overUnits, comparisons, verdict } = comparison;
  if (seeds.length === 0) return `${name} and ${baseline} have no seed in common, so that they cannot be compared.`;
  const withSeeds = seeds.length === 1 ? 'With 1 seed' : `With ${String(seeds.length)} seeds`;
  const by = inPoints(difference);
  const corrected = comparisons > 1 ? ` after Holm’s correction for ${String(comparisons)} comparisons` : '';
  switch (verdict) {
    case 'too-few-seeds':
      return `${withSeeds}, no verdict on ${name} against ${baseline} (${by}): at least ${String(leastSeeds)} seeds are needed.`;
    case 'better':
    case 'worse':
      return `${withSeeds}, ${name} is ${verdict} than ${baseline} on this test set: ${by} (${intervalsInWords(comparison)}); the tests over seeds and over test data both hold${corrected}.`;
    case 'no-evidence': {
      const claim = difference < 0 ? 'worse' : 'better';
      const start = `${withSeeds}, no evidence that ${name} is ${claim} than ${baseline}: ${by} (${intervalsInWords(comparison)})`;
      if (overUnits === null)
        return `${start}. Without predictions on test, it could not be tested over the test data.`;
      if (overSeeds.p === null)
        return `${start}. All seeds differ by the same, so that a test over seeds says nothing.`;
      return `${start}${corrected === '' ? '' : `,${corrected}`}.`;
    }
  }
}

/** `95 % interval over seeds −0.4 to 2.1, over test data …`, as far as there are any. */
export function intervalsInWords({ overSeeds, overUnits }: Comparison): string {
  const parts = [
    ...(overSeeds.interval === null ? [] : [`95 % interval over seeds ${intervalInWords(overSeeds.interval)}`]),
    ...(overUnits === null ? [] : [`over test data ${intervalInWords(overUnits.interval)}`]),
  ];
  return parts.length === 0 ? 'no interval' : parts.join(', ');
}

/** `−0.4 to 2.1`, in points. */
export function intervalInWords({ low, high }: Interval): string {
  return `${signed(low)} to ${signed(high)}`;
}

/** `+3.2 points`: a hundredth of F1 is a point. */
export function inPoints(difference: number): string {
  return `${signed(difference)} points`;
}

function signed(value: number): string {
  const text = Math.abs(100 * value).toFixed(1);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}
