/**
 * Entities below which a test set is called small: the score of one model is then off by 13 points and more, which is wider than
 * what ways of training differ by.
 */
export const smallTest = 50;

/** Half the width of the 95 % interval of a share of 0.7 in `count` draws, in points: 1.96 √(0.7 · 0.3 / count). */
export function pointsOff(count: number): number {
  return 100 * 1.96 * Math.sqrt((0.7 * 0.3) / count);
}
