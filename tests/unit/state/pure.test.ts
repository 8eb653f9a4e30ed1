import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { appVersion } from '../../../src/core/version.ts';
import { defaultConfig } from '../../../src/run/config.ts';
import { flopsPerToken, secondsOf, shippedModel, stepsOf } from '../../../src/state/estimate.ts';
import { mistakesIn } from '../../../src/state/mistakes.ts';
import { overlapsOf } from '../../../src/state/overlap.ts';
import { hashOf, places, routeOf } from '../../../src/state/routes.ts';
import { sharesOf } from '../../../src/state/shares.ts';
import { summed, unique } from '../../../src/state/unique.ts';
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
  test('steps by hand: 2 × 63 + 4 × 13', () => {
    expect(stepsOf(defaultConfig, counts)).toBe(178);
    expect(stepsOf(defaultConfig, { silver: 0, gold: 1 })).toBeNull();
  });

  test('operations of a token: 6 · layers · (4 H² + 2 H F)', () => {
    expect(flopsPerToken(shippedModel, 2)).toBe(12 * (4 * 384 * 384 + 2 * 384 * 1536));
    expect(flopsPerToken(shippedModel, 0)).toBe(3 * flopsPerToken(shippedModel, 2));
    expect(flopsPerToken(shippedModel, 99)).toBe(flopsPerToken(shippedModel, 6));
  });

  test('a measured rate carries over to other layers by their work', () => {
    const work = { steps: 10, batchSize: 16, tokensPerSentence: 25, layers: 2 };
    const rate = { kind: 'measured', tokensPerSecond: 400, layers: 2 } as const;
    expect(secondsOf(work, shippedModel, rate)).toBeCloseTo(10, 9);
    expect(secondsOf({ ...work, layers: 6 }, shippedModel, rate)).toBeCloseTo(30, 9);
  });

  test('a guess takes a share of the timed product: 4,000 tokens at 0.8 · 50 GFLOP/s on wasm, at half of that on webgpu', () => {
    const work = { steps: 10, batchSize: 16, tokensPerSentence: 25, layers: 2 };
    const guess = (device: 'wasm' | 'webgpu') => secondsOf(work, shippedModel, { kind: 'guessed', device, gflops: 50 });
    expect(guess('wasm')).toBeCloseTo((4000 * 12 * (4 * 384 * 384 + 2 * 384 * 1536)) / 40e9, 9);
    expect(guess('webgpu')).toBeCloseTo(2 * guess('wasm'), 9);
  });

  test('the sizes are those of the shipped checkpoint', async () => {
    const text = await readFile('public/models/all-MiniLM-L6-v2/config.json', 'utf8');
    const config = JSON.parse(text) as Record<string, number>;
    const { hidden, feedForward, layers } = shippedModel;
    expect([hidden, feedForward, layers]).toEqual([
      config['hidden_size'],
      config['intermediate_size'],
      config['num_hidden_layers'],
    ]);
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
  expect(found.sentences.map((s) => [s.sentence.text, s.kinds])).toEqual([
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
