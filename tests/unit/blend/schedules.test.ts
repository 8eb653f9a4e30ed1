import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scheduleIds, schedules, type ScheduleId } from '../../../src/blend/schedules.ts';

/**
 * Values at u = 0, ¼, ½, ¾, 1, worked out apart from the code to 30 digits (Python's `decimal`). sigmoid: σ(5) = 0.9933071491,
 * σ(2.5) = 0.9241418200, so (σ(2.5) − σ(−5)) / (σ(5) − σ(−5)) = 0.9174489691 / 0.9866142982. exponential: e^−1.25 =
 * 0.2865047969, e^−2.5 = 0.0820849986, e^−3.75 = 0.0235177459, e^−5 = 0.0067379470.
 */
const values: readonly (readonly [ScheduleId, Record<string, number>, readonly number[]])[] = [
  ['step', {}, [1, 1, 0, 0, 0]],
  ['step', { m: 0.75 }, [1, 1, 1, 0, 0]],
  ['linear', {}, [1, 0.75, 0.5, 0.25, 0]],
  ['sigmoid', {}, [1, 0.9298962835, 0.5, 0.0701037165, 0]],
  ['power', {}, [1, 0.5625, 0.25, 0.0625, 0]],
  ['power', { n: 0.5 }, [1, 0.8660254038, 0.7071067812, 0.5, 0]],
  ['cosine', {}, [1, 0.8535533906, 0.5, 0.1464466094, 0]],
  ['exponential', {}, [1, 0.2816646916, 0.07585818, 0.0168936272, 0]],
  ['constant', {}, [0.5, 0.5, 0.5, 0.5, 0.5]],
  ['constant', { c: 0.2 }, [0.2, 0.2, 0.2, 0.2, 0.2]],
];

test.each(values)('%s with %j', (id, settings, wanted) => {
  [0, 0.25, 0.5, 0.75, 1].forEach((u, i) => {
    expect(schedules[id].share(u, settings)).toBeCloseTo(wanted[i]!, 9);
  });
});

test('a midpoint away from the middle: a sigmoid is still 1 at the beginning and 0 at the end, steepest at it', () => {
  const p = (u: number) => schedules.sigmoid.share(u, { k: 20, m: 0.3 });
  expect([p(0), p(1)]).toEqual([1, 0]);
  expect(p(0.29) - p(0.31)).toBeGreaterThan(p(0.49) - p(0.51));
});

test('a very steep sigmoid is the step', () => {
  for (const u of [0, 0.2, 0.48, 0.52, 0.8, 1]) {
    expect(schedules.sigmoid.share(u, { k: 500, m: 0.5 })).toBeCloseTo(schedules.step.share(u), 2);
  }
});

describe.each(scheduleIds)('%s', (id) => {
  test('is a share that never rises', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b) => {
        const [early, late] = [schedules[id].share(Math.min(a, b)), schedules[id].share(Math.max(a, b))];
        expect(early).toBeLessThanOrEqual(1);
        expect(late).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThanOrEqual(early);
      }),
    );
  });
});
