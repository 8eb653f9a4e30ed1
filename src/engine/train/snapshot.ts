import * as tf from '@tensorflow/tfjs-core';
import { AppError, messageOf } from '../../core/errors.ts';
import type { SamplerState } from '../../blend/sampler.ts';
import type { DevPoint, TrainPoint } from '../../run/events.ts';
import { readSafetensors, toFloat32, writeSafetensors } from '../checkpoint/safetensors.ts';
import type { AdamwState } from '../kernels/adamw.ts';

/** All of a run's state that is not a tensor. */
export interface Progress {
  /** Optimizer updates done, over all stages. */
  readonly step: number;
  /** Stage that the next update belongs to, and the updates done in it. */
  readonly stage: number;
  readonly stageStep: number;
  /** Updates since the optimizer last began anew. */
  readonly t: number;
  readonly tokens: number;
  readonly seconds: number;
  /** Π (1 − lr · decay) of the steps done: the shrinking of word rows outside the compact table. */
  readonly shrink: number;
  readonly sampler: SamplerState;
  readonly curve: readonly TrainPoint[];
  readonly dev: readonly DevPoint[];
  /** Scorings of dev since the last best. */
  readonly waited: number;
  readonly bestF1: number | null;
  /** Shrinking factor at the best parameters. */
  readonly bestShrink: number;
}

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
  return writeSafetensors(tensors, { vermeil: JSON.stringify({ version: 1, ...parts }) });
}

/**
 * Reads a snapshot; with `ofStage`, the config of `key` is held against the snapshot's stage instead of its run. Throws
 * `snapshot-damaged` where it cannot be read, `snapshot-mismatch` where `key` differs.
 */
export function readSnapshot(bytes: Uint8Array, key: SnapshotKey, ofStage: boolean): Snapshot {
  let snapshot: Snapshot;
  try {
    const file = readSafetensors(bytes);
    const parts = JSON.parse(file.metadata['vermeil'] ?? '') as Omit<Snapshot, 'tensors'>;
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

/** The optimizer's states and the best parameters of a snapshot, on the device. */
export function restoreTensors(snapshot: Snapshot): {
  states: Map<string, AdamwState>;
  best: Map<string, tf.Tensor> | null;
} {
  const states = new Map<string, AdamwState>();
  const best = new Map<string, tf.Tensor>();
  const load = (name: string) => {
    const found = snapshot.tensors.get(name);
    if (found === undefined)
      throw new AppError('snapshot-damaged', `no tensor ${name}`, { reason: `no tensor ${name}` });
    return tf.tensor(found.values, [...found.shape], 'float32');
  };
  for (const name of snapshot.tensors.keys()) {
    const [kind, rest] = [name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1)];
    if (kind === 'value') {
      states.set(rest, { value: load(name), moment1: load(`moment1/${rest}`), moment2: load(`moment2/${rest}`) });
    } else if (kind === 'best') {
      best.set(rest, load(name));
    }
  }
  return { states, best: best.size === 0 ? null : best };
}
