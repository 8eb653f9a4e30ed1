import { expect, test } from 'vitest';
import type { RunConfig } from '../../../../src/run/config.ts';
import type { Why, WhyPoint } from '../../../../src/run/why.ts';
import { groupRuns } from '../../../../src/run/experiment/table.ts';
import { pooledWhy, repeatedOf } from '../../../../src/run/experiment/why.ts';
import { whyInWords as wordsOf } from '../../../../src/run/experiment/whyWords.ts';
import { figuresOf } from '../../../../src/run/figures/experiment.ts';
import { finishedRun } from '../../../support/finishedRuns.ts';

const whyInWords = (groups: Parameters<typeof wordsOf>[0]) => {
  const words = wordsOf(groups);
  return words === null ? '' : [words.finding, ...words.rest].join(' ');
};
const part = (n: number, of: number) => ({ n, of });

function point(step: number, invented: number, missed: number, more: Partial<WhyPoint> = {}): WhyPoint {
  return {
    ...{ step, stage: 0, stageEnd: false, loss: { gold: 1, silver: 0.5 }, undone: null },
    repeated: { invented: part(invented, 6), missed: part(missed, 4) },
    ...more,
  };
}

function watched(
  change: Partial<RunConfig>,
  right: number,
  points: readonly WhyPoint[],
  steps = 10,
  reference: Why['reference'] = 'dev',
) {
  const why: Why = { reference, sentences: 40, shared: 55, differing: 20, points };
  return finishedRun(change, right, 60, { why, steps });
}

const mixPoints = (off: number) => [
  point(3, 1, 2),
  point(5, 5 - off, 4, { stageEnd: true }),
  point(10, 2 - off, 1, {
    ...{ stage: 1, stageEnd: true, loss: { gold: 0.25, silver: 0.75 } },
    undone: { right: part(1, 20), wrong: part(6 + off, 10) },
  }),
];
const mix = [0, 1].map((seed) => watched({ seed }, 50 + seed, mixPoints(seed)));
const gold = [0, 1].map((seed) => watched({ regimen: 'gold-only', seed }, 30, [point(10, 1, 1, { stageEnd: true })]));

test('seeds are added up by count, losses are their means', () => {
  const why = pooledWhy(groupRuns(mix)[0]!)!;
  expect(why).toMatchObject({ reference: 'dev', sentences: 40, seeds: 2 });
  expect(why.points.map(({ progress, stageEnd }) => [progress, stageEnd])).toEqual([
    [0.3, false],
    [0.5, true],
    [1, true],
  ]);
  expect(why.points[1]?.repeated).toEqual({ invented: part(9, 12), missed: part(8, 8) });
  expect(repeatedOf(why.points[1]!)).toEqual(part(17, 20));
  expect(why.points[2]?.undone).toEqual({ right: part(2, 40), wrong: part(13, 20) });
  expect(pooledWhy(groupRuns([finishedRun({}, 1)])[0]!)).toBeNull();
});

test('where patience ends a stage after different numbers of looks, stages are not mixed', () => {
  const end = (step: number) => point(step, 6, 2, { stageEnd: true });
  const last = (step: number) => point(step, 1, 0, { stage: 1, stageEnd: true });
  const early = watched({ seed: 0 }, 50, [point(2, 3, 3), end(5), last(10)]);
  const late = watched({ seed: 1 }, 50, [point(2, 3, 3), point(4, 1, 1), end(6), last(10)]);
  const { points } = pooledWhy(groupRuns([early, late])[0]!)!;
  expect(points.map(({ stage, stageEnd }) => [stage, stageEnd])).toEqual([
    [0, false],
    [0, true],
    [1, true],
  ]);
  expect(points.map(repeatedOf)).toEqual([part(12, 20), part(16, 20), part(2, 20)]);
});

test('gold only and the control are of the same data and as much gold', () => {
  const less = watched({ regimen: 'gold-only', goldSize: 50 }, 20, [point(10, 1, 1, { stageEnd: true })], 20);
  const pooled = watched({ regimen: 'pooled' }, 40, [point(10, 3, 2, { stageEnd: true })], 20);
  expect(whyInWords(groupRuns([less, pooled]))).not.toContain('old only');
  const words = whyInWords(groupRuns([less, pooled, ...gold]));
  expect(words).toContain('Gold only, which never saw the teacher’s labels');
  expect(words).toContain('Pooled took 20 steps and gold only 10, so that');
});

test('one sentence is the finding, and what was logged stands behind it, beside gold only', () => {
  expect(wordsOf(groupRuns([...gold, ...mix]))).toEqual({
    finding:
      'On 40 sentences, simple mix repeated 85 % of the teacher’s mistakes when its silver stage ended, and 25 % at its end; gold only, which never saw them, makes 20 % of them.',
    rest: [
      'The sentences carry the teacher’s labels and those of dev. Mistakes repeated, over 2 seeds: 17 of 20 when the silver stage ended, 5 of 20 at the end.',
      'The loss of simple mix on dev labels: 1.00 → 0.25; on the teacher’s: 0.50 → 0.75 (nats a word).',
      'Of what silver had taught, the next stage undid 65 % (13 of 20) of the wrong entities and 5 % (2 of 40) of the right ones.',
      'Gold only, which never saw the teacher’s labels, makes 20 % (4 of 20) of the same mistakes.',
      'Simple mix and gold only took as many steps, so that training longer is no explanation.',
      'These numbers describe what happened; they prove no cause.',
    ],
  });
});

test('a control that was looked at on other sentences is told by them', () => {
  const few = watched({ regimen: 'gold-only' }, 30, [point(10, 1, 1, { stageEnd: true })]);
  const fewer = { ...few, record: { ...few.record, why: { ...few.record.why!, sentences: 30 } } };
  const words = wordsOf(groupRuns([...mix, fewer]))!;
  expect(words.finding).toMatch(/ and 25 % at its end\.$/); // other sentences, no comparison
  expect(words.rest).toContain(
    'Gold only, which never saw the teacher’s labels, makes 20 % (2 of 10) of the mistakes on its 30 sentences.',
  );
});

test('without a silver stage, a control or a mistake of the teacher it claims less', () => {
  const pooled = watched({ regimen: 'pooled' }, 40, [point(10, 3, 2, { stageEnd: true })], 20);
  expect(whyInWords(groupRuns([pooled]))).toMatch(
    /^On 40 sentences, pooled ends by repeating 50 % of the teacher’s mistakes\. The .* of dev\. Mistakes repeated: 5 of 10 at the end\. The loss of pooled on dev labels: 1\.00; .* no cause\.$/,
  );
  expect(whyInWords(groupRuns([pooled, ...gold]))).toContain('Pooled took 20 steps and gold only 10, so that');
  const byHeart = watched({}, 40, [point(10, 3, 2, { stageEnd: true })], 10, 'gold');
  expect(whyInWords(groupRuns([byHeart]))).toMatch(/^On 40 sentences of gold, which it is trained on, simple mix ends/);
  expect(whyInWords(groupRuns([byHeart]))).toContain('Simple mix is trained on these labels of gold, so that part');
  const silver = watched({ regimen: 'silver-only' }, 40, [point(10, 3, 2, { stageEnd: true })], 10, 'gold');
  expect(whyInWords(groupRuns([silver]))).not.toContain('by heart');
  const control = watched({ regimen: 'gold-for-silver' }, 34, [point(20, 1, 1, { stageEnd: true })], 20);
  const controlled = whyInWords(groupRuns([control, pooled, ...gold]));
  expect(controlled).toContain(
    'Gold for silver, which took as many steps on gold alone, differs from pooled by −10.0 points.',
  );
  expect(controlled).toMatch(/^On 40 sentences, pooled ends by/); // not the control, which draws no silver
  const none = { invented: part(0, 0), missed: part(0, 0) };
  const perfect = watched({ regimen: 'pooled' }, 40, [{ ...point(10, 0, 0), repeated: none }]);
  expect(whyInWords(groupRuns([perfect]))).toMatch(
    /the teacher made no mistake that could be repeated\. The sentences carry [^.]* of dev\. These/,
  );
  expect(wordsOf(groupRuns([finishedRun({}, 1)]))).toBeNull();
});

test('its figure goes over progress, and its table holds all that was logged', () => {
  const figure = figuresOf([], groupRuns([...gold, ...mix])).find(({ id }) => id === 'why')!;
  if (figure.chart.kind !== 'lines') throw new Error(figure.chart.kind);
  expect(figure.chart.series.map(({ name, kind, points }) => [name, kind, points])).toEqual([
    ['Gold only', 'gold', [[100, expect.closeTo(20, 9)]]],
    [
      'Simple mix',
      'mix',
      [
        [30, expect.closeTo(30, 9)],
        [50, expect.closeTo(85, 9)],
        [100, expect.closeTo(25, 9)],
      ],
    ],
  ]);
  expect(figure.rows.at(-1)).toEqual([
    ...['Simple mix', '100', '25.0', '3 of 12', '2 of 8', '0.2500', '0.7500', '2 of 40', '13 of 20'],
  ]);
});

test('losses and what was undone are drawn beside it, where a run was looked at more than once', () => {
  const figure = figuresOf([], groupRuns([...gold, ...mix])).find(({ id }) => id === 'why-parts')!;
  if (figure.chart.kind !== 'panels') throw new Error(figure.chart.kind);
  const lines = figure.chart.panels.map(({ title, series }) => [title, ...series.map(({ points }) => points)]);
  const goldAlone = [[100, 1]];
  expect(lines).toEqual([
    [
      'Loss on trusted labels',
      goldAlone,
      [
        [30, 1],
        [50, 1],
        [100, 0.25],
      ],
    ],
    [
      'Loss on the teacher’s labels',
      [[100, 0.5]],
      [
        [30, 0.5],
        [50, 0.5],
        [100, 0.75],
      ],
    ],
  ]);
  expect(figuresOf([], groupRuns(gold)).map(({ id }) => id)).not.toContain('why-parts');
});
