import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { loadCheckpoint, type Checkpoint } from '../../src/engine/checkpoint/load.ts';
import { readSafetensors, toFloat32 } from '../../src/engine/checkpoint/safetensors.ts';
import type { Activation } from '../../src/engine/kernels/activation.ts';
import { pack, type PackedBatch, type Sequence } from '../../src/engine/model/batch.ts';
import { forward } from '../../src/engine/model/bert.ts';
import type { Bert } from '../../src/engine/model/parts.ts';
import {
  compactTable,
  isLinearWeight,
  toTensors,
  transposed,
  wordTable,
  type Tensor32,
} from '../../src/engine/model/parameters.ts';
import { compactIds, pieceIdsOf } from '../../src/engine/train/encode.ts';
import { Optimizer } from '../../src/engine/train/optimizer.ts';
import { lossAndGradients } from '../../src/engine/train/step.ts';
import { learningRateFactor } from '../../src/run/plan.ts';

/**
 * What PyTorch computed, held against tfjs' present device. Every function returns how far the two are apart; the tests
 * of each device state the bound. Golden files come through `ReadGolden`, so that Node and browsers share these.
 */
export type ReadGolden = (path: string) => Promise<Uint8Array>;

export const tinyNames = ['l2-h32', 'l3-h60'] as const;
export type TinyName = (typeof tinyNames)[number];

/** A part of training done otherwise than PyTorch does it, to see that the golden files notice. */
export interface Variation {
  readonly weightDecay?: number;
  readonly clipNorm?: number;
  readonly activation?: Activation;
  /** Updates that AdamW believes to have done before the first: many = no bias correction. */
  readonly updatesBefore?: number;
  /** Added to the step number of the learning-rate schedule. */
  readonly scheduleShift?: number;
}

export interface TinyModel {
  readonly checkpoint: Checkpoint;
  readonly sequences: readonly Sequence[];
  readonly loss: number;
  /** `logits` [N, L] without bucket rows, and gradients by parameter in PyTorch's layout. */
  readonly expected: ReadonlyMap<string, Tensor32>;
}

const numbers = v.array(v.number());
const settings = v.object({
  learningRate: v.number(),
  weightDecay: v.number(),
  clipNorm: v.number(),
  warmup: v.number(),
});
const curveFile = v.object({
  settings,
  pool: v.array(v.object({ ids: numbers, labels: numbers })),
  batches: v.array(numbers),
  losses: numbers,
  norms: numbers,
});

function json(text: string | undefined): unknown {
  return JSON.parse(text ?? 'null');
}

/** A folder below `tests/golden/` as a checkpoint. */
export function loadGoldenCheckpoint(read: ReadGolden, folder: string, files: readonly string[]): Promise<Checkpoint> {
  return loadCheckpoint({ read: (name) => (files.includes(name) ? read(`${folder}/${name}`) : Promise.resolve(null)) });
}

const tinyFiles = ['config.json', 'model.safetensors', 'vocab.txt'];

export async function loadTiny(read: ReadGolden, name: TinyName): Promise<TinyModel> {
  const checkpoint = await loadGoldenCheckpoint(read, `model/${name}`, tinyFiles);
  const { tensors, metadata } = readSafetensors(await read(`model/${name}.golden.safetensors`));
  const ids = v.parse(v.array(numbers), json(metadata['ids']));
  const labels = v.parse(v.array(numbers), json(metadata['labels']));
  const expected = new Map([...tensors].map(([key, t]) => [key, { shape: t.shape, values: toFloat32(t) }]));
  return {
    checkpoint,
    sequences: sequencesOf(ids, labels),
    loss: v.parse(v.number(), json(metadata['loss'])),
    expected,
  };
}

function sequencesOf(ids: readonly number[][], labels: readonly number[][]): Sequence[] {
  return ids.map((piece, s) => ({ ids: Int32Array.from(piece), labels: Int32Array.from(labels[s]!) }));
}

/** Runs `body` with the model's weights on the device and frees them. */
export async function withModel<T>({ config, weights }: Checkpoint, body: (model: Bert) => Promise<T>): Promise<T> {
  const parameters = toTensors(weights);
  try {
    return await body({ config, parameters });
  } finally {
    tf.dispose([...parameters.values()]);
  }
}

/** Logits [N, L] of a batch in evaluation, bucket rows included. */
export async function logitsOf(model: Bert, batch: PackedBatch): Promise<Float32Array> {
  const logits = tf.tidy(() => forward(model, batch, null).logits);
  const values = await logits.data<'float32'>();
  logits.dispose();
  return values;
}

/** Largest difference of a logit. */
export async function logitsError(
  { checkpoint, sequences, expected }: TinyModel,
  variation: Variation = {},
): Promise<number> {
  const found = await withModel(varied(checkpoint, variation), (model) => logitsOf(model, pack(sequences)));
  return largestDifference(expected.get('logits')!.values, found);
}

/** Difference of each parameter's gradient in the 2-norm, as a share of what is allowed: 1e-4 ‖g‖ + 1e-6 · global norm. */
export async function gradientErrors(tiny: TinyModel, variation: Variation = {}): Promise<Map<string, number>> {
  const wanted = [...tiny.expected].filter(([name]) => name !== 'logits');
  const global = norm(wanted.map(([, { values }]) => norm(values)));
  const found = await withModel(varied(tiny.checkpoint, variation), async (model) => {
    const { loss, gradients } = lossAndGradients(model, pack(tiny.sequences), null);
    loss.dispose();
    return readAndDispose(gradients);
  });
  return new Map(
    wanted.map(([name, { values }]) => {
      const gradient = found.get(name)!.values;
      const difference = norm(values.map((value, i) => value - gradient[i]!));
      return [name, difference / (1e-4 * norm(values) + 1e-6 * global)];
    }),
  );
}

/** Largest relative difference of the loss of a training of 50 steps, and of the gradient's norm. The word table is compact. */
export async function curveErrors(
  read: ReadGolden,
  name: TinyName,
  variation: Variation = {},
): Promise<{ loss: number; norm: number }> {
  const checkpoint = varied(await loadGoldenCheckpoint(read, `model/${name}`, tinyFiles), variation);
  const text = new TextDecoder().decode(await read(`training/${name}.curve.json`));
  const golden = v.parse(curveFile, json(text));
  const pool = sequencesOf(
    golden.pool.map(({ ids }) => ids),
    golden.pool.map(({ labels }) => labels),
  ).map((s) => [s]);
  const pieceIds = pieceIdsOf([pool]);
  const compact = compactIds(pool, pieceIds);
  const weights = new Map(checkpoint.weights);
  weights.set(wordTable, compactTable(weights.get(wordTable)!, pieceIds));
  const optimizer = optimizerOf(toTensors(weights), golden.settings, variation);
  const worst = { loss: 0, norm: 0 };
  const steps = golden.batches.length;
  for (const [step, batch] of golden.batches.entries()) {
    const sequences = batch.flatMap((i) => compact[i]!);
    const model = { config: checkpoint.config, parameters: optimizer.parameters() };
    const { loss, gradients } = lossAndGradients(model, pack(sequences), null);
    const factor = learningRateFactor(step + (variation.scheduleShift ?? 0), steps, golden.settings.warmup);
    const gradNorm = optimizer.update(gradients, golden.settings.learningRate * factor);
    worst.loss = Math.max(worst.loss, relative((await loss.data())[0]!, golden.losses[step]!));
    worst.norm = Math.max(worst.norm, relative((await gradNorm.data())[0]!, golden.norms[step]!));
    tf.dispose([loss, gradNorm]);
  }
  optimizer.dispose();
  return worst;
}

/**
 * Largest difference of a parameter after ten updates of AdamW with recorded gradients. `compact`: only the word rows that
 * ever get a gradient are on the device, the others shrink by their known factor, and the full table is compared.
 */
export async function adamwErrors(
  read: ReadGolden,
  compact: boolean,
  variation: Variation = {},
): Promise<{ value: number; moment1: number; moment2: number; norm: number }> {
  const { tensors, metadata } = readSafetensors(await read('training/adamw.safetensors'));
  const set = v.parse(settings, json(metadata['settings']));
  const rates = v.parse(numbers, json(metadata['rates']));
  const norms = v.parse(numbers, json(metadata['norms']));
  const group = (kind: string) => {
    const named = [...tensors].filter(([name]) => name.startsWith(`${kind}/`));
    return new Map(named.map(([name, t]) => [name.slice(kind.length + 1), { shape: t.shape, values: toFloat32(t) }]));
  };
  const start = group('start');
  const recorded = rates.map((_, step) => group(`gradient${String(step)}`));
  const full = start.get(wordTable)!;
  const rows = compact ? rowsWithGradient(recorded.map((g) => g.get(wordTable)!)) : null;
  const onDevice = (weights: Map<string, Tensor32>) => {
    if (rows !== null) weights.set(wordTable, compactTable(weights.get(wordTable)!, rows));
    return toTensors(weights);
  };
  const optimizer = optimizerOf(onDevice(new Map(start)), set, variation);
  const worst = { value: 0, moment1: 0, moment2: 0, norm: 0 };
  let shrink = 1;
  for (const [step, gradients] of recorded.entries()) {
    const gradNorm = optimizer.update(onDevice(gradients), rates[step]!);
    worst.norm = Math.max(worst.norm, relative((await gradNorm.data())[0]!, norms[step]!));
    gradNorm.dispose();
    shrink *= 1 - rates[step]! * (variation.weightDecay ?? set.weightDecay);
  }
  for (const kind of ['value', 'moment1', 'moment2'] as const) {
    for (const [name, wanted] of group(kind)) {
      const tensor = optimizer.states.get(name)![kind];
      let found: Tensor32 = { shape: tensor.shape, values: await tensor.data<'float32'>() };
      if (isLinearWeight(name)) found = transposed(found);
      if (name === wordTable && rows !== null)
        found = scattered(full, found.values, rows, kind === 'value' ? shrink : 0);
      worst[kind] = Math.max(worst[kind], largestDifference(wanted.values, found.values));
    }
  }
  optimizer.dispose();
  return worst;
}

function optimizerOf(
  parameters: Map<string, tf.Tensor>,
  { weightDecay, clipNorm }: { readonly weightDecay: number; readonly clipNorm: number },
  variation: Variation,
): Optimizer {
  const chosen = { weightDecay: variation.weightDecay ?? weightDecay, clipNorm: variation.clipNorm ?? clipNorm };
  const fresh = Optimizer.fresh(parameters, chosen);
  return variation.updatesBefore === undefined ? fresh : new Optimizer(fresh.states, chosen, variation.updatesBefore);
}

function varied(checkpoint: Checkpoint, { activation }: Variation): Checkpoint {
  return activation === undefined ? checkpoint : { ...checkpoint, config: { ...checkpoint.config, activation } };
}

async function readAndDispose(tensors: ReadonlyMap<string, tf.Tensor>): Promise<Map<string, Tensor32>> {
  const read = new Map<string, Tensor32>();
  for (const [name, tensor] of tensors) {
    const found = { shape: tensor.shape, values: await tensor.data<'float32'>() };
    read.set(name, isLinearWeight(name) ? transposed(found) : found);
  }
  tf.dispose([...tensors.values()]);
  return read;
}

/** Word rows that get a gradient in one of the steps, ascending. */
function rowsWithGradient(tables: readonly Tensor32[]): Int32Array {
  const [rows = 0, width = 0] = tables[0]!.shape;
  const touched = (row: number) =>
    tables.some((t) => t.values.subarray(row * width, (row + 1) * width).some((g) => g !== 0));
  return Int32Array.from({ length: rows }, (_, row) => row).filter(touched);
}

/** The full table: `compact` in `rows`, the start times `factor` elsewhere. Written apart from the product's own. */
function scattered(start: Tensor32, compact: Float32Array, rows: Int32Array, factor: number): Tensor32 {
  const width = start.shape[1]!;
  const values = Float32Array.from(start.values, (value, i) => {
    const row = rows.indexOf(Math.floor(i / width));
    return row < 0 ? value * factor : compact[row * width + (i % width)]!;
  });
  return { shape: start.shape, values };
}

function relative(found: number, wanted: number): number {
  return Math.abs(found - wanted) / Math.abs(wanted);
}

function norm(values: Float32Array | readonly number[]): number {
  return Math.sqrt([...values].reduce((sum, value) => sum + value * value, 0));
}

/** Over the elements of `wanted`; NaN counts as infinite. */
export function largestDifference(wanted: Float32Array, found: Float32Array): number {
  return wanted.reduce((most, value, i) => {
    const difference = Math.abs(value - (found[i] ?? NaN));
    return Number.isNaN(difference) ? Infinity : Math.max(most, difference);
  }, 0);
}
