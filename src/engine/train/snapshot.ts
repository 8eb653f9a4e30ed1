import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { AppError, messageOf } from '../../core/errors.ts';
import { readSafetensors, toFloat32, writeSafetensors } from '../checkpoint/safetensors.ts';
import type { AdamwState } from '../kernels/adamw.ts';
import type { EngineChoices } from '../../run/events.ts';
import { choicesFile } from './choices.ts';
import { watchFile } from './watchFile.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const cursorState = v.object({
  random: v.pipe(v.array(v.number()), v.readonly()),
  order: v.pipe(v.array(count), v.readonly()),
  at: count,
  passes: count,
});

const progressFile = v.object({
  /** Optimizer updates done, over all stages. */
  step: count,
  /** Stage that the next update belongs to, and the updates done in it. */
  stage: count,
  stageStep: count,
  /** Updates since the optimizer last began anew. */
  t: count,
  tokens: count,
  /** Most bytes that the device held. */
  peakBytes: count,
  seconds: v.number(),
  /** Π (1 − lr · decay) of the steps done: the shrinking of word rows outside the compact table. */
  shrink: v.number(),
  sampler: v.object({
    silver: v.exactOptional(cursorState),
    gold: v.exactOptional(cursorState),
    both: v.exactOptional(cursorState),
  }),
  curve: v.array(
    v.object({
      step: count,
      loss: v.number(),
      learningRate: v.number(),
      gradNorm: v.number(),
      silverShare: v.number(),
    }),
  ),
  dev: v.array(
    v.object({
      step: count,
      f1: v.number(),
      best: v.boolean(),
      labels: v.exactOptional(v.pipe(v.record(v.string(), v.number()), v.readonly())),
    }),
  ),
  /** Scorings of dev since the last best. */
  waited: count,
  bestF1: v.nullable(v.number()),
  /** Shrinking factor at the best parameters. */
  bestShrink: v.number(),
  /** Of each stage so far; absent in snapshots from before it was counted. */
  stages: v.exactOptional(v.array(v.object({ steps: count, silver: count, gold: count }))),
  watch: v.exactOptional(watchFile),
});

/** All of a run's state that is not a tensor. */
export type Progress = Readonly<v.InferOutput<typeof progressFile>>;

/** The JSON in the file's metadata. Another version is refused as damaged: snapshots do not outlive an update of the app. */
const partsFile = v.object({
  version: v.literal(3),
  key: v.object({ config: v.string(), data: v.string(), checkpoint: v.string(), stage: v.nullable(v.string()) }),
  pieceIds: v.array(count),
  engine: choicesFile,
  progress: progressFile,
});

/** What a snapshot must agree with to go on from it. */
export interface SnapshotKey {
  readonly config: string;
  readonly data: string;
  readonly checkpoint: string;
}

export interface Snapshot {
  /** `stage` is set at the end of a first stage: the digest of all that decides that stage, in whatever run it stands. */
  readonly key: SnapshotKey & { readonly stage: string | null };
  readonly pieceIds: readonly number[];
  readonly engine: EngineChoices;
  readonly progress: Progress;
  /** Tensors in the engine's layout: `value/…`, `moment1/…`, `moment2/…` and, once dev was scored, `best/…`. */
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;
}

/** Reads the tensors back and writes one safetensors file whose metadata holds the rest as JSON. */
export async function writeSnapshot(
  parts: Omit<Snapshot, 'tensors'>,
  states: ReadonlyMap<string, AdamwState>,
  best: ReadonlyMap<string, tf.Tensor> | null,
): Promise<Uint8Array<ArrayBuffer>> {
  const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  const read = async (name: string, tensor: tf.Tensor) =>
    tensors.set(name, { shape: tensor.shape, values: (await tensor.data<'float32'>()).slice() });
  for (const [name, { value, moment1, moment2 }] of states) {
    await read(`value/${name}`, value);
    await read(`moment1/${name}`, moment1);
    await read(`moment2/${name}`, moment2);
  }
  for (const [name, value] of best ?? []) await read(`best/${name}`, value);
  return writeSafetensors(tensors, { vermeil: JSON.stringify({ version: 3, ...parts }) });
}

/**
 * Reads a snapshot; with `ofStage`, the config of `key` is held against the snapshot's stage instead of its run. Throws
 * `snapshot-damaged` where it cannot be read, `snapshot-mismatch` where `key` differs.
 */
export function readSnapshot(bytes: Uint8Array, key: SnapshotKey, ofStage: boolean): Snapshot {
  let snapshot: Snapshot;
  try {
    const file = readSafetensors(bytes);
    const parts = v.parse(partsFile, JSON.parse(file.metadata['vermeil'] ?? ''));
    const tensors = new Map([...file.tensors].map(([name, t]) => [name, { shape: t.shape, values: toFloat32(t) }]));
    snapshot = { ...parts, tensors };
  } catch (error) {
    throw new AppError('snapshot-damaged', messageOf(error), { reason: messageOf(error) });
  }
  for (const part of ['config', 'data', 'checkpoint'] as const) {
    const found = part === 'config' && ofStage ? snapshot.key.stage : snapshot.key[part];
    if (found !== key[part]) {
      throw new AppError('snapshot-mismatch', `the snapshot's ${part} differs`, { part });
    }
  }
  return snapshot;
}

/**
 * The optimizer's states of the parameters `names`, and the best parameters, on the device. Throws `snapshot-damaged` where one
 * is missing, before any tensor is made.
 */
export function restoreTensors(
  { tensors }: Snapshot,
  names: readonly string[],
): { states: Map<string, AdamwState>; best: Map<string, tf.Tensor> | null } {
  const hasBest = [...tensors.keys()].some((name) => name.startsWith('best/'));
  const kinds = ['value', 'moment1', 'moment2', ...(hasBest ? ['best'] : [])];
  const missing = kinds.flatMap((kind) => names.map((name) => `${kind}/${name}`)).find((name) => !tensors.has(name));
  if (missing !== undefined) {
    throw new AppError('snapshot-damaged', `no tensor ${missing}`, { reason: `no tensor ${missing}` });
  }
  const load = (name: string) => {
    const { values, shape } = tensors.get(name)!;
    return tf.tensor(values, [...shape], 'float32');
  };
  const states = names.map((name): [string, AdamwState] => [
    name,
    { value: load(`value/${name}`), moment1: load(`moment1/${name}`), moment2: load(`moment2/${name}`) },
  ]);
  const best = hasBest ? new Map(names.map((name) => [name, load(`best/${name}`)])) : null;
  return { states: new Map(states), best };
}
