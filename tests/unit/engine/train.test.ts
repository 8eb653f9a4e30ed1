import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { loadCheckpoint, type Checkpoint } from '../../../src/engine/checkpoint/load.ts';
import { readSafetensors, toFloat32, writeSafetensors } from '../../../src/engine/checkpoint/safetensors.ts';
import { filesSource } from '../../../src/engine/checkpoint/sources.ts';
import type { Device } from '../../../src/engine/device.ts';
import type { TrainedModel } from '../../../src/engine/model/trained.ts';
import { wordTable } from '../../../src/engine/model/parameters.ts';
import type { TrainInput } from '../../../src/engine/train/train.ts';
import type { RunConfig } from '../../../src/run/config.ts';
import { createTokenizer } from '../../../src/tokenizer/tokenizer.ts';
import { collectRun, type Collected } from '../../support/collectRun.ts';
import { openNodeDevice } from '../../support/nodeDevices.ts';
import { tinyCheckpoint } from '../../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData, tinySentences } from '../../support/tinyData.ts';

let device: Device;
let checkpoint: Checkpoint;

beforeAll(async () => {
  device = await openNodeDevice('cpu');
  checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
});

function inputOf(change: Partial<RunConfig> = {}, more: Partial<TrainInput> = {}): TrainInput {
  const config = { ...tinyConfig, ...change };
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  return { config, checkpoint, tokenizer, data: tinyData, device, appVersion: '0', ...more };
}

/** Curves, dev scores and every bit of the final parameters; all that a resumed run must repeat. */
function outcome({ record, model, error }: Collected) {
  expect(error).toBeNull();
  const bits = [...model!.weights].map(([name, { values }]) => [
    name,
    Buffer.from(new Uint8Array(values.buffer)).toString('hex'),
  ]);
  return { record, weights: Object.fromEntries(bits) };
}

function valuesOf(model: TrainedModel | null, name: string): Float32Array {
  return model!.weights.get(name)!.values;
}

/** Every tensor of a snapshot is finite, the word table aside. */
function isFinite(bytes: Uint8Array): boolean {
  const tensors = [...readSafetensors(bytes).tensors].filter(([name]) => name !== `value/${wordTable}`);
  return tensors.every(([, tensor]) => toFloat32(tensor).every(Number.isFinite));
}

describe('stop and go on equals going through, bit for bit on cpu', () => {
  const runs: readonly [string, Partial<RunConfig>][] = [
    ['two stages, dropout, the best kept, patience', { evaluateEvery: 2, patience: 2, epochsGold: 4 }],
    ['two stages under one schedule', { restart: false }],
    ['two stages with one optimizer', { keepOptimizer: true }],
    ['both shuffled together, the last kept', { regimen: 'pooled', keepBest: false }],
    ['alternating', { regimen: 'alternating', evaluateEvery: 3 }],
    ['blend by a sigmoid', { regimen: 'blend' }],
    ['a number of steps, silver then both', { regimen: 'silver-then-both', steps: 6 }],
  ];
  for (const [what, change] of runs) {
    it(what, async () => {
      const whole = await collectRun(inputOf(change));
      const steps = whole.record!.steps;
      expect(steps).toBeGreaterThan(4);
      for (const stopAt of [0, 1, 3, 4, steps - 1]) {
        const stopped = await collectRun(inputOf(change), { stopAt });
        expect(stopped.error).toMatchObject({ code: 'stopped' });
        const snapshot = stopped.snapshots.at(-1)!;
        expect(snapshot.step).toBe(stopAt);
        const resumed = await collectRun(inputOf(change, { snapshot: snapshot.bytes }));
        expect(resumed.events[0]).toMatchObject({ kind: 'started', resumedAt: stopAt });
        expect(outcome(resumed), `stopped at ${String(stopAt)}`).toEqual(outcome(whole));
      }
    });
  }

  it('from every snapshot that was made on the way, three times over', async () => {
    const whole = await collectRun(inputOf(), { wantsSnapshot: () => true });
    expect(whole.snapshots.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(whole.snapshots.map(({ stageEnd }) => stageEnd)).toEqual([false, false, true, false, false, false, true]);
    for (const { bytes } of whole.snapshots) {
      expect(outcome(await collectRun(inputOf({}, { snapshot: bytes })))).toEqual(outcome(whole));
    }
    const second = await collectRun(inputOf({}, { snapshot: whole.snapshots[1]!.bytes }), { stopAt: 4 });
    const third = await collectRun(inputOf({}, { snapshot: second.snapshots.at(-1)!.bytes }), { stopAt: 6 });
    expect(outcome(await collectRun(inputOf({}, { snapshot: third.snapshots.at(-1)!.bytes })))).toEqual(outcome(whole));
  });

  it('another seed gives other parameters', async () => {
    const [a, b] = [await collectRun(inputOf()), await collectRun(inputOf({ seed: 1 }))];
    expect(outcome(a).weights).not.toEqual(outcome(b).weights);
  });
});

describe('a first stage that was trained before', () => {
  it('gives simple mix, silver only and silver-then-both the same bits', async () => {
    const first = (await collectRun(inputOf())).snapshots.find(({ stageEnd }) => stageEnd)!;
    for (const regimen of ['simple-mix', 'silver-only', 'silver-then-both'] as const) {
      const own = await collectRun(inputOf({ regimen }));
      const reused = await collectRun(inputOf({ regimen }, { firstStage: first.bytes }));
      expect(reused.events[0]).toMatchObject({ kind: 'started', resumedAt: first.step });
      expect(outcome(reused), regimen).toEqual(outcome(own));
    }
    const kept = { keepOptimizer: true };
    const reused = await collectRun(inputOf(kept, { firstStage: first.bytes }));
    expect(outcome(reused)).toEqual(outcome(await collectRun(inputOf(kept))));
  });

  it('is refused where the stage would be trained otherwise', async () => {
    const first = (await collectRun(inputOf())).snapshots.find(({ stageEnd }) => stageEnd)!;
    for (const change of [
      { learningRate: 1e-3 },
      { seed: 1 },
      { epochsSilver: 2 },
      { regimen: 'gold-then-silver' },
    ] as const) {
      const { error } = await collectRun(inputOf(change, { firstStage: first.bytes }));
      expect(error).toMatchObject({ code: 'snapshot-mismatch', detail: { part: 'config' } });
    }
  });

  it('is refused where one schedule runs through stages of other lengths', async () => {
    const change = { restart: false };
    const first = (await collectRun(inputOf(change))).snapshots.find(({ stageEnd }) => stageEnd)!;
    const longer = { ...change, epochsGold: 5 };
    const { error } = await collectRun(inputOf(longer, { firstStage: first.bytes }));
    expect(error).toMatchObject({ code: 'snapshot-mismatch' });
  });

  it('is refused where a stage of equal length mixes by another schedule', async () => {
    const first = (await collectRun(inputOf({ regimen: 'blend', schedule: 'linear' }))).snapshots.find(
      (s) => s.stageEnd,
    )!;
    const other = inputOf({ regimen: 'blend', schedule: 'power' }, { firstStage: first.bytes });
    expect((await collectRun(other)).error).toMatchObject({ code: 'snapshot-mismatch' });
  });
});

describe('snapshots that must not be used', () => {
  it('names what differs: config, data or checkpoint', async () => {
    const { bytes } = (await collectRun(inputOf(), { stopAt: 2 })).snapshots[0]!;
    const other = await loadCheckpoint(filesSource(tinyCheckpoint(2)));
    const cases: readonly [string, TrainInput][] = [
      ['config', inputOf({ dropout: 0.2 }, { snapshot: bytes })],
      ['data', inputOf({}, { snapshot: bytes, data: { ...tinyData, silver: tinySentences(1, 12) } })],
      ['checkpoint', inputOf({}, { snapshot: bytes, checkpoint: other })],
    ];
    for (const [part, input] of cases) {
      expect((await collectRun(input)).error).toMatchObject({ code: 'snapshot-mismatch', detail: { part } });
    }
  });

  it('refuses damaged ones', async () => {
    const { bytes } = (await collectRun(inputOf(), { stopAt: 2 })).snapshots[0]!;
    const file = readSafetensors(bytes);
    const rewritten = (
      change: (tensors: Map<string, { shape: readonly number[]; values: Float32Array }>) => void,
      parts: unknown,
    ) => {
      const tensors = new Map([...file.tensors].map(([name, t]) => [name, { shape: t.shape, values: toFloat32(t) }]));
      change(tensors);
      return writeSafetensors(tensors, { vermeil: JSON.stringify(parts) });
    };
    const parts = JSON.parse(file.metadata['vermeil'] ?? '') as { progress: object; version: number };
    const nothing = () => undefined;
    const damaged = [
      new Uint8Array(0),
      bytes.subarray(0, bytes.length - 1),
      rewritten(nothing, null),
      rewritten(nothing, { ...parts, version: 1 }),
      rewritten(nothing, { ...parts, progress: { ...parts.progress, step: 'two' } }),
      rewritten((tensors) => tensors.delete('moment1/classifier.bias'), parts),
      rewritten((tensors) => tensors.delete('value/classifier.bias'), parts),
    ];
    for (const snapshot of damaged) {
      const before = tf.memory().numTensors;
      expect((await collectRun(inputOf({}, { snapshot }))).error).toMatchObject({ code: 'snapshot-damaged' });
      expect(tf.memory().numTensors).toBe(before);
    }
    expect((await collectRun(inputOf({}, { snapshot: rewritten(nothing, parts) }))).error).toBeNull();
  });
});

describe('a model and data that do not fit', () => {
  it('refuses windows longer than the positions, and the tokenizer of a larger vocabulary', async () => {
    const long = await collectRun(inputOf({ maxPieces: 33 }));
    expect(long.error).toMatchObject({
      code: 'checkpoint-sizes',
      detail: { what: 'maxPieces', found: 33, wanted: 32 },
    });
    const tokenizer = createTokenizer({ 'vocab.txt': `${checkpoint.tokenizerFiles['vocab.txt']!}\nmore` });
    const other = await collectRun(inputOf({}, { tokenizer }));
    expect(other.error).toMatchObject({
      code: 'checkpoint-sizes',
      detail: { what: 'vocabulary', found: 24, wanted: 23 },
    });
  });
});

describe('a loss that is not finite', () => {
  it('stops the run; every snapshot until then is whole', async () => {
    // `e` alone is no piece of this vocabulary: the one sentence that ends in it meets the spoilt row of [UNK].
    const silver = tinyData.silver.map((s, i) => (i === 5 ? { ...s, text: s.text.replace('.', 'e') } : s));
    const { unknown } = createTokenizer(checkpoint.tokenizerFiles).special;
    const { shape, values } = checkpoint.weights.get(wordTable)!;
    const spoilt = values.slice();
    spoilt[unknown * checkpoint.config.hidden] = Infinity;
    const weights = new Map(checkpoint.weights).set(wordTable, { shape, values: spoilt });
    const data = { ...tinyData, silver, dev: [] };
    const input = inputOf({ seed: 1 }, { checkpoint: { ...checkpoint, weights }, data });
    const { error, events, snapshots } = await collectRun(input, { wantsSnapshot: () => true });
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'not-finite' });
    const { step } = (error as AppError).detail;
    const good = events.flatMap((event) => (event.kind === 'step' ? [event.point.step] : []));
    expect(good.length).toBeGreaterThan(0);
    expect(step).toBe(good.length + 1);
    expect(snapshots.map((snapshot) => snapshot.step)).toEqual(good);
    for (const { bytes } of snapshots) expect(isFinite(bytes)).toBe(true);
  });

  it('leaves no tensor behind, nor does a stop or a whole run', async () => {
    const before = tf.memory().numTensors;
    await collectRun(inputOf(), { stopAt: 3 });
    await collectRun(inputOf(), {});
    await collectRun(inputOf({ learningRate: Infinity }), {});
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('what a run says of itself', () => {
  it('counts steps, tokens, passes and parameters', async () => {
    const { events, record, model } = await collectRun(inputOf({ keepBest: false }));
    expect(events[0]).toMatchObject({
      kind: 'started',
      steps: 7,
      resumedAt: 0,
      tags: ['O', 'B-LOC', 'I-LOC', 'B-PER', 'I-PER'],
    });
    expect(record).toMatchObject({ steps: 7, selection: 'last', repeats: { silver: 1, gold: 2 } });
    const points = events.flatMap((event) => (event.kind === 'step' ? [event] : []));
    expect(points.map(({ point }) => point.step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(points.map(({ point }) => point.silverShare)).toEqual([1, 1, 1, 0, 0, 0, 0]);
    expect(points.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(record?.tokens);
    expect(valuesOf(model, wordTable).length).toBe(checkpoint.weights.get(wordTable)?.values.length);
  });

  it('keeps the parameters of the best dev score, and the score of that model is the one it tells', async () => {
    const { record } = await collectRun(inputOf({ epochsGold: 6, learningRate: 2e-2 }));
    const best = record!.dev.filter((point) => point.best).at(-1);
    expect(record?.selection).toBe('best-on-dev');
    expect(best.f1).toBe(Math.max(...record!.dev.map(({ f1 }) => f1)));
    expect(record?.scores.dev?.default.micro.f1).toBe(best.f1);
  });

  it('ends a stage when patience runs out', async () => {
    const { record } = await collectRun(
      inputOf({ patience: 1, evaluateEvery: 1, epochsSilver: 20, learningRate: 1e-9 }),
    );
    expect(record!.steps).toBeLessThan(10);
  });

  it('shrinks the word rows that no training text holds by the decay of each step', async () => {
    const { model, record } = await collectRun(inputOf({ keepBest: false, weightDecay: 0.5 }));
    const factor = record!.curve.reduce((product, { learningRate }) => product * (1 - learningRate * 0.5), 1);
    const unused = createTokenizer(checkpoint.tokenizerFiles).special.unknown;
    const [before, after] = [checkpoint.weights.get(wordTable)!.values, valuesOf(model, wordTable)];
    const width = checkpoint.config.hidden;
    for (let h = unused * width; h < (unused + 1) * width; h++) expect(after[h]).toBeCloseTo(before[h]! * factor, 8);
    expect(factor).toBeLessThan(0.995);
  });
});
