import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { appVersion } from '../../../src/core/version.ts';
import { defaultConfig, type RunConfig } from '../../../src/run/config.ts';
import type { RunRecord } from '../../../src/run/events.ts';
import { recordBytes } from '../../../src/run/experiment/cost.ts';
import { dataSizesOf } from '../../../src/state/dataSizes.ts';
import {
  costOfPlan,
  flopsPerToken,
  memoryOfRun,
  rateFor,
  secondsOfQueue,
  secondsPerStep,
  shippedModel,
} from '../../../src/state/estimate.ts';
import { mistakesIn } from '../../../src/state/mistakes.ts';
import { recentRuns } from '../../../src/state/recentRuns.ts';
import { overlapsOf } from '../../../src/state/overlap.ts';
import { hashOf, places, routeOf } from '../../../src/state/routes.ts';
import { sharesOf } from '../../../src/state/shares.ts';
import { summed, unique } from '../../../src/state/unique.ts';
import type { StoredExperiment } from '../../../src/storage/experiments.ts';
import type { StoredRun } from '../../../src/storage/runs.ts';
import { sentence } from './sentences.ts';

const counts = { silver: 1000, gold: 200 };

describe('routes', () => {
  test('a hash and its route are each other’s inverse', () => {
    for (const place of places) {
      for (const open of ['', 'run 1/ü%']) expect(routeOf(hashOf(place, open))).toEqual({ place, open });
    }
  });

  test('what is unknown or broken leads to a place that exists', () => {
    expect(routeOf('#/nowhere/x')).toEqual({ place: 'start', open: '' });
    expect(routeOf('')).toEqual({ place: 'start', open: '' });
    expect(routeOf('#/results/%E0%A4%A')).toEqual({ place: 'results', open: '' });
  });
});

describe('the picture of a run', () => {
  test('simple mix: silver for 126 of 178 steps, then gold', () => {
    const [silver, gold, ...more] = sharesOf(defaultConfig, counts);
    expect(more).toEqual([]);
    expect(silver).toEqual({ from: 0, to: 126 / 178, first: 1, last: 1 });
    expect(gold?.from).toBeCloseTo(126 / 178, 12);
    expect(gold).toMatchObject({ to: 1, first: 0, last: 0 });
  });

  test('a linear blend falls from 1 to 0, and is half at half', () => {
    const shares = sharesOf({ ...defaultConfig, regimen: 'blend', schedule: 'linear' }, counts);
    expect(shares[0]?.first).toBe(1);
    expect(shares.at(-1)?.last).toBe(0);
    expect(shares.find(({ to }) => to >= 0.5)?.last).toBeCloseTo(0.5, 1);
    for (let i = 1; i < shares.length; i++) expect(shares[i]?.from).toBeCloseTo(shares[i - 1]?.to ?? NaN, 12);
  });

  test('alternating is drawn as half and half, pooled by its sizes', () => {
    expect(sharesOf({ ...defaultConfig, regimen: 'alternating' }, counts).every((s) => s.first === 0.5)).toBe(true);
    expect(sharesOf({ ...defaultConfig, regimen: 'pooled' }, counts)[0]?.first).toBeCloseTo(1000 / 1200, 12);
  });

  test('without a source that is needed there is no picture', () => {
    expect(sharesOf(defaultConfig, { silver: 0, gold: 200 })).toEqual([]);
  });
});

describe('estimates', () => {
  const work = { batchSize: 16, layers: 2 };
  const device = { name: 'wasm', adapter: '2 threads', gflops: 50 } as const;
  const record = (change: Partial<RunRecord>, config: Partial<RunConfig> = {}) =>
    ({
      config: { ...defaultConfig, ...config },
      device: { name: 'wasm', adapter: '2 threads' },
      ...{ steps: 100, tokens: 40_000, seconds: 100 },
      ...change,
    }) as RunRecord;

  test('operations of a token: 6 · layers · (4 H² + 2 H F)', () => {
    expect(flopsPerToken(2)).toBe(12 * (4 * 384 * 384 + 2 * 384 * 1536));
    expect(flopsPerToken(0)).toBe(3 * flopsPerToken(2));
    expect(flopsPerToken(99)).toBe(flopsPerToken(6));
  });

  test('a measured rate carries over to other layers by their work', () => {
    const rate = { kind: 'measured', tokensPerSecond: 400, layers: 2 } as const;
    expect(secondsPerStep(work, 25, rate)).toBeCloseTo(1, 9);
    expect(secondsPerStep({ ...work, layers: 6 }, 25, rate)).toBeCloseTo(3, 9);
  });

  test('a guess takes a share of the timed product: 400 tokens at 0.8 · 50 GFLOP/s on wasm, at half of that on webgpu', () => {
    const guess = (name: 'wasm' | 'webgpu') => secondsPerStep(work, 25, { kind: 'guessed', device: name, gflops: 50 });
    expect(guess('wasm')).toBeCloseTo((400 * 12 * (4 * 384 * 384 + 2 * 384 * 1536)) / 40e9, 9);
    expect(guess('webgpu')).toBeCloseTo(2 * guess('wasm'), 9);
  });

  test('the rate is that of the most similar run on this very device, a guess before there is one', () => {
    const guessed = { kind: 'guessed', device: 'wasm', gflops: 50 };
    const elsewhere = [
      record({ device: { name: 'webgpu', adapter: '2 threads' } }),
      record({ device: { name: 'wasm', adapter: '8 threads' } }),
      record({ steps: 5 }), // too short to tell
    ];
    expect(rateFor(work, device, elsewhere)).toEqual(guessed);
    expect(rateFor(work, { ...device, gflops: 0 }, elsewhere)).toBeNull();
    expect(rateFor(work, null, elsewhere)).toBeNull();
    const here = [record({ tokens: 10_000, steps: 900 }, { layers: 6 }), record({}), record({ steps: 30, tokens: 1 })];
    expect(rateFor(work, device, here)).toEqual({ kind: 'measured', tokensPerSecond: 400, layers: 2 });
    expect(rateFor({ ...work, layers: 0 }, device, here)).toEqual({
      ...{ kind: 'measured', tokensPerSecond: 100, layers: 6 },
    });
  });

  test('an experiment: time of the steps that are really trained, room of its models and snapshots', () => {
    const data = { piecesPerSentence: 25, words: 4000, tags: 9, test: 100 };
    const runs = [
      { steps: 126, ownSteps: 126, firstStage: 'a', group: 'silver only' },
      { steps: 178, ownSteps: 52, firstStage: 'a', group: 'simple mix' },
    ];
    const rate = { kind: 'measured', tokensPerSecond: 400, layers: 2 } as const;
    const cost = costOfPlan(runs, defaultConfig, data, rate);
    expect(cost).toMatchObject({ runs: 2, steps: 304, ownSteps: 178 });
    // 178 steps of 1 s, and twice the forward pass of 100 · 25 pieces: a third of the work at 400 a second.
    expect(cost.seconds).toBeCloseTo(178 + (2 * 2500) / 3 / 400, 9);
    // Embeddings of 30,522 + 512 + 2 rows, two layers of 12 H² + 13 H, LayerNorm, classifier.
    const model = 4 * ((30_522 + 512 + 2 + 2) * 384 + 2 * (12 * 384 * 384 + 13 * 384) + 385 * 9);
    const record = recordBytes(152, 100, 2);
    expect(cost.keptBytes).toBeCloseTo(2 * (model + record), 0);
    const oneGroup = runs.map((run) => ({ ...run, group: 'same' }));
    expect(costOfPlan(oneGroup, defaultConfig, data, rate).keptBytes).toBeCloseTo(model + 2 * record, 0);
    expect(costOfPlan(oneGroup, defaultConfig, data, rate, 'all').keptBytes).toBeCloseTo(2 * (model + record), 0);
    expect(costOfPlan(runs, defaultConfig, data, null).seconds).toBeNull();
  });

  test('a queue: what its first run has begun is left out, and so is a first stage that it shares', () => {
    const data = { piecesPerSentence: 25, words: 4000, tags: 9, test: 0 };
    const rate = { kind: 'measured', tokensPerSecond: 400, layers: 2 } as const;
    const queue = (['silver-only', 'simple-mix', 'gold-only'] as const).map((regimen) => ({
      ...defaultConfig,
      regimen,
    }));
    expect(secondsOfQueue(queue, 1, counts, data, () => rate)).toBeCloseTo(52 + 104, 9);
    expect(secondsOfQueue(queue, 0, counts, data, () => rate)).toBeCloseTo(126 + 52 + 104, 9);
    expect(secondsOfQueue(queue, 0, { silver: 0, gold: 200 }, data, () => rate)).toBeNull();
    expect(secondsOfQueue(queue, 0, counts, data, () => null)).toBeNull();
  });

  test('memory grows with layers and batch, and is at least parameters, moments and gradients', () => {
    const data = { piecesPerSentence: 27, words: 4000, tags: 9, test: 100 };
    const of = (change: Partial<RunConfig>) => memoryOfRun({ ...defaultConfig, ...change }, data, 'webgpu');
    const { parameters, total } = of({});
    expect(total).toBeGreaterThan(4 * parameters);
    expect(of({ layers: 6 }).total).toBeGreaterThan(total);
    expect(of({ batchSize: 64 }).total).toBeGreaterThan(total);
    expect(of({ layers: 0 })).toEqual(of({ layers: 6 }));
  });

  test('what is counted of the data', () => {
    const data = {
      silver: [sentence('Ada met Bob', [[0, 3, 'PER']])],
      gold: [sentence('ada met Eve', [])],
      ...{ dev: [], test: [sentence('Oslo', [[0, 4, 'LOC']])] },
    };
    expect(dataSizesOf(data, 9)).toEqual({ piecesPerSentence: 9, words: 4, tags: 5, test: 1 });
  });

  test('the sizes are those of the shipped checkpoint', async () => {
    const text = await readFile('public/models/all-MiniLM-L6-v2/config.json', 'utf8');
    const config = JSON.parse(text) as Record<string, number>;
    expect(shippedModel).toEqual({
      layers: config['num_hidden_layers'],
      hidden: config['hidden_size'],
      heads: config['num_attention_heads'],
      feedForward: config['intermediate_size'],
      positions: config['max_position_embeddings'],
      types: config['type_vocab_size'],
      vocabulary: config['vocab_size'],
    });
  });
});

test('the version of the app is that of the package', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  expect(appVersion).toBe(version);
});

describe('overlap of data', () => {
  const held = (id: string, role: 'gold' | 'silver' | 'dev' | 'test', texts: readonly string[]) => ({
    id,
    name: id,
    role,
    sentences: texts.map((text) => sentence(text)),
  });

  test('test sentences that are trained on are counted, others are not', () => {
    const found = overlapsOf([
      held('g', 'gold', ['a', 'b']),
      held('t', 'test', ['b', 'b', 'c']),
      held('d', 'dev', ['c']),
    ]);
    expect([...found]).toEqual([['t', { count: 2, inside: 'g' }]]);
  });

  test('what is gold twice is told of the younger one; gold and silver of one text are no matter', () => {
    const found = overlapsOf([
      held('g', 'gold', ['a', 'b']),
      held('s', 'silver', ['a', 'b', 'c']),
      held('h', 'gold', ['b', 'c', 'c']),
      held('t', 'test', ['a', 'c']),
    ]);
    expect([...found]).toEqual([
      ['h', { count: 1, inside: 'g' }],
      ['t', { count: 2, inside: 's' }],
    ]);
  });
});

test('mistakes: the sentence with the most of them first, right ones left out', () => {
  const test = [
    sentence('a', []),
    sentence('Ada met Bob', [
      [0, 3, 'PER'],
      [8, 11, 'PER'],
    ]),
    sentence('Paris', [[0, 5, 'LOC']]),
  ];
  const found = mistakesIn(test, [[], [], [{ start: 0, end: 5, label: 'ORG' }]]);
  expect(found.total).toBe(3);
  expect(found.counts).toMatchObject({ missed: 2, label: 1, spurious: 0 });
  expect(found.sentences.map((s) => [s.sentence.text, s.mistakes.map(({ kind }) => kind)])).toEqual([
    ['Ada met Bob', ['missed', 'missed']],
    ['Paris', ['label']],
  ]);
});

test('values once, and sums by name', () => {
  expect(unique([3, 1, 3, 2, 1])).toEqual([3, 1, 2]);
  expect(
    summed([
      { b: 1, a: 2 },
      { b: 1, c: 5 },
    ]),
  ).toEqual([
    ['c', 5],
    ['a', 2],
    ['b', 2],
  ]);
});

test('behind a run are those of its experiment, else those of as many steps, the newest first', () => {
  const run = (id: string, updatedMs: number, steps: number) => ({ id, updatedMs, record: { steps } }) as StoredRun;
  const finished = [run('a', 1, 10), run('b', 3, 20), run('c', 2, 10), run('now', 9, 10)];
  const ids = (experiments: string[][]) =>
    recentRuns(
      { runId: 'now', steps: 10 },
      finished,
      experiments.map((runs) => ({ runs: runs.map((runId) => ({ runId })) }) as unknown as StoredExperiment),
    ).map(({ id }) => id);
  expect(ids([])).toEqual(['c', 'a']);
  expect(ids([['a'], ['now', 'b', 'a']])).toEqual(['b', 'a']);
  expect(ids([['now']])).toEqual(['c', 'a']);
  expect(
    recentRuns(
      { runId: 'x', steps: 1 },
      Array.from({ length: 9 }, (_, i) => run(String(i), i, 1)),
      [],
    ),
  ).toHaveLength(4);
});
