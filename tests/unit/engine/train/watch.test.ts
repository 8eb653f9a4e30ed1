import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCheckpoint, type Checkpoint } from '../../../../src/engine/checkpoint/load.ts';
import { readSafetensors, toFloat32, writeSafetensors } from '../../../../src/engine/checkpoint/safetensors.ts';
import { filesSource } from '../../../../src/engine/checkpoint/sources.ts';
import type { Device } from '../../../../src/engine/device.ts';
import { pack } from '../../../../src/engine/model/batch.ts';
import { toTensors } from '../../../../src/engine/model/parameters.ts';
import { predictWords } from '../../../../src/engine/predict.ts';
import { encodeLabelled } from '../../../../src/engine/train/encode.ts';
import { lossAndGradients } from '../../../../src/engine/train/step.ts';
import type { TrainInput } from '../../../../src/engine/train/train.ts';
import { bothLabels } from '../../../../src/run/bothLabels.ts';
import type { RunConfig } from '../../../../src/run/config.ts';
import { repeatedOf } from '../../../../src/run/followed.ts';
import { createTokenizer } from '../../../../src/tokenizer/tokenizer.ts';
import { collectRun, type Collected } from '../../../support/collectRun.ts';
import { openNodeDevice } from '../../../support/nodeDevices.ts';
import { tinyCheckpoint } from '../../../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData, tinySentences } from '../../../support/tinyData.ts';

let device: Device;
let checkpoint: Checkpoint;

beforeAll(async () => {
  device = await openNodeDevice('cpu');
  checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
});

/** Silver has the texts of gold, and takes every place for a person. */
const data = {
  ...tinyData,
  silver: tinySentences(0, 20).map((sentence) => ({
    ...sentence,
    spans: sentence.spans!.map((span) => ({ ...span, label: 'PER' })),
  })),
  gold: tinySentences(8, 12),
};

/** 45 steps of silver and 36 of gold, in batches of 4; 12 sentences are looked at, in the middle of silver and at each stage's end. */
function inputOf(change: Partial<RunConfig> = {}, more: Partial<TrainInput> = {}): TrainInput {
  const config = { ...tinyConfig, epochsSilver: 9, epochsGold: 12, keepBest: false, ...change };
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  return { config, checkpoint, tokenizer, data, device, appVersion: '0', ...more };
}

const run = async (change: Partial<RunConfig> = {}, more: Partial<TrainInput> = {}) => {
  const collected = await collectRun(inputOf(change, more), { wantsSnapshot: (step) => step % 7 === 3 });
  expect(collected.error).toBeNull();
  return collected;
};

const bitsOf = ({ model }: Collected) =>
  [...model!.weights].map(([name, { values }]) => [name, Buffer.from(values.buffer).toString('hex')]);

describe('a run on sentences with both labels', () => {
  it('tells, at points of each stage and at its end, what its own predictions and losses are', async () => {
    const { record, model, events } = await run();
    const why = record!.why!;
    expect(why).toMatchObject({ reference: 'gold', sentences: 12, shared: 12, differing: 9 });
    expect(why.points.map(({ step, stage, stageEnd }) => [step, stage, stageEnd])).toEqual([
      [23, 0, false],
      [45, 0, true],
      [81, 1, true],
    ]);
    expect(events.flatMap((event) => (event.kind === 'why' ? [event.point] : []))).toEqual(why.points);

    const both = bothLabels(data, model!.tags)!;
    const { tokenizer } = inputOf();
    const sentences = both.pairs.map(({ sentence }) => sentence);
    const predicted = await predictWords(model!, tokenizer, sentences);
    const last = why.points.at(-1)!;
    expect(last.repeated).toEqual(repeatedOf(both.pairs, predicted, model!.tags));
    const parameters = toTensors(model!.weights);
    for (const [source, labelled] of [
      ['gold', sentences],
      ['silver', sentences.map(({ text }) => data.silver.find((sentence) => sentence.text === text)!)],
    ] as const) {
      const batch = pack(encodeLabelled(tokenizer, labelled, model!.tags, 16).flat());
      const { loss, gradients } = lossAndGradients({ config: model!.config, parameters }, batch, null);
      expect(last.loss[source]).toBeCloseTo((await loss.data())[0]!, 5);
      tf.dispose([loss, ...gradients.values()]);
    }
    tf.dispose([...parameters.values()]);
  });

  it('follows the teacher after silver, and gold after gold, which undoes what was wrong', async () => {
    const [, silver, gold] = (await run()).record!.why!.points;
    expect(silver!.loss.silver).toBeLessThan(silver!.loss.gold);
    expect(gold!.loss.gold).toBeLessThan(gold!.loss.silver);
    const { invented } = silver!.repeated;
    expect(invented.of).toBeGreaterThan(5);
    expect(invented.n / invented.of).toBeGreaterThan(0.8);
    expect(gold!.repeated.invented.n).toBeLessThan(invented.n / 4);
    expect(silver!.undone).toBeNull();
    expect(gold!.undone!.wrong.of).toBeGreaterThanOrEqual(invented.n);
    expect(gold!.undone!.wrong.n / gold!.undone!.wrong.of).toBeGreaterThan(0.8);
    expect(gold!.undone!.right.n).toBeLessThan(gold!.undone!.right.of);
  });

  it('changes nothing by being watched', async () => {
    const [watched, alone] = [await run(), await run({ watchBoth: false })];
    expect(alone.record!.why).toBeNull();
    expect(bitsOf(alone)).toEqual(bitsOf(watched));
    expect(alone.record!.curve).toEqual(watched.record!.curve);
  });

  it('tells the same when it is stopped and goes on, and behind a first stage of another run', async () => {
    const whole = await run();
    const first = whole.snapshots.find(({ stageEnd }) => stageEnd)!;
    for (const { bytes } of whole.snapshots) {
      expect((await run({}, { snapshot: bytes })).record).toEqual(whole.record);
    }
    const silver = await run({ regimen: 'silver-only' });
    const end = silver.snapshots.at(-1)!;
    expect(end.step).toBe(first.step);
    expect((await run({}, { firstStage: end.bytes })).record).toEqual(whole.record);
  });

  it('looks at more points in mixed batches of one long stage, without anything that silver alone taught', async () => {
    const { points } = (await run({ regimen: 'blend', batchSize: 8, steps: 60 })).record!.why!;
    expect(points.map(({ step }) => step)).toEqual([12, 24, 36, 48, 60]);
    expect(points.every(({ undone }) => undone === null)).toBe(true);
  });

  it('looks at fewer sentences where its first stage is short, and not on at those that a snapshot knows otherwise', async () => {
    const short = await run({ steps: 50, stepsSecond: 18 });
    const { sentences, points } = short.record!.why!;
    expect(sentences).toBe(10); // 0.08 × 32 steps × 4
    expect(points.map(({ step }) => step)).toEqual([32, 50]);
    const { bytes } = short.snapshots.find(({ stageEnd }) => stageEnd)!;
    const file = readSafetensors(bytes);
    const parts = JSON.parse(file.metadata['vermeil'] ?? '') as { progress: { watch: { taught: number[][] } } };
    parts.progress.watch.taught.push([0]);
    const tensors = new Map([...file.tensors].map(([name, t]) => [name, { shape: t.shape, values: toFloat32(t) }]));
    const old = writeSafetensors(tensors, { vermeil: JSON.stringify(parts) });
    const onlyShort = { steps: 50, stepsSecond: 18 };
    expect((await run(onlyShort, { snapshot: old })).record!.why).toBeNull();
    expect((await run(onlyShort, { snapshot: bytes })).record!.why).toEqual(short.record!.why);
  });

  it('has nothing to tell where no text has both labels', async () => {
    const { record, events } = await run({}, { data: tinyData });
    expect(record!.why).toBeNull();
    expect(events.some(({ kind }) => kind === 'why')).toBe(false);
  });
});

describe('the record of a run', () => {
  it('counts the steps and draws of each stage, that end early too', async () => {
    const stages = async (change: Partial<RunConfig>) => (await run(change)).record!.stages;
    expect(await stages({})).toEqual([
      { name: 'silver', source: 'silver', steps: 45, drawn: { silver: 180, gold: 0 } },
      { name: 'gold', source: 'gold', steps: 36, drawn: { silver: 0, gold: 144 } },
    ]);
    const [blend] = (await stages({
      regimen: 'blend',
      schedule: 'constant',
      scheduleSettings: { c: 0.3 },
      steps: 30,
    }))!;
    expect(blend).toEqual({ name: 'blend', source: 'both', steps: 30, drawn: { silver: 36, gold: 84 } });
    const early = await run({ patience: 1 });
    const [first, second] = early.record!.stages!;
    expect(first!.steps).toBeLessThan(45);
    expect(first!.steps + second!.steps).toBe(early.record!.steps);
    expect(early.record!.why!.points.at(-1)!.step).toBe(early.record!.steps);
    const { silver, gold } = early.record!.seen!;
    expect([silver.drawn, gold.drawn]).toEqual([first!.drawn.silver, second!.drawn.gold]);
  });

  it('tells the F1 of each label with each scoring of dev', async () => {
    const { record, events } = await run();
    const scored = events.flatMap((event) => (event.kind === 'dev' ? [event] : []));
    expect(record!.dev.length).toBe(scored.length);
    record!.dev.forEach(({ labels }, i) => {
      const wanted = scored[i]!.scores.default.labels;
      expect(Object.keys(labels!).sort()).toEqual(Object.keys(wanted).sort());
      for (const [label, f1] of Object.entries(labels!)) expect(f1).toBe(wanted[label]!.f1);
    });
  });

  it('leaves out what the snapshot of an earlier version did not count', async () => {
    const { bytes } = (await run()).snapshots[1]!;
    const file = readSafetensors(bytes);
    const parts = JSON.parse(file.metadata['vermeil'] ?? '') as { progress: Record<string, unknown> };
    const { stages, watch, ...progress } = parts.progress;
    expect([stages, watch]).not.toContain(undefined);
    const tensors = new Map([...file.tensors].map(([name, t]) => [name, { shape: t.shape, values: toFloat32(t) }]));
    const old = writeSafetensors(tensors, { vermeil: JSON.stringify({ ...parts, progress }) });
    const { record } = await run({}, { snapshot: old });
    expect(record!.steps).toBe(81);
    expect(record).not.toHaveProperty('stages');
    expect(record!.why).toBeNull();
  });
});
