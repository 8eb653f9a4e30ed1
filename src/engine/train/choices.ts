import * as v from 'valibot';
import { AppError } from '../../core/errors.ts';
import type { Precision } from '../../run/config.ts';
import type { EngineChoices } from '../../run/events.ts';
import { portionOf } from '../../run/portion.ts';
import type { BertConfig } from '../checkpoint/config.ts';
import type { Device } from '../device.ts';
import { shapeClass, useVariants, type GpuVariants } from '../gpu/variants.ts';
import { matmulChoiceFile, recall, type TunedStore } from '../tune/memory.ts';
import { tuneShaders } from '../tune/shaders.ts';
import { productsOf } from '../tune/shapes.ts';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

/** How choices stand in a snapshot and in the record of a run. Older ones also say whose products wasm used. */
export const choicesFile = v.object({
  adapter: v.string(),
  microBatchTokens: positive,
  recompute: v.boolean(),
  shaders: v.nullable(v.object({ software: v.boolean(), matmul: v.record(v.string(), matmulChoiceFile) })),
});

/** What the choices for a run depend on. */
export interface ChoiceInput {
  readonly bert: BertConfig;
  /** Rows of the compact word table, and tags. */
  readonly words: number;
  readonly tags: number;
  readonly maxPieces: number;
  readonly device: Device;
  readonly precision: Precision;
  /** Rows that the batches of the run have on the average. */
  readonly batchRows: number;
  readonly tuned: TunedStore;
  now(): number;
}

/**
 * The choices for a run on a device, which are in use from now on. A run that goes on or repeats another takes that one's,
 * `before`, or its sums are rounded otherwise; shader variants only on the same adapter, since another may not have room for
 * them. What is left is timed, in less than a second, unless it was on this adapter before. Rejects with `precision-unavailable`
 * where half precision is asked of anything but a GPU.
 */
export async function choose(input: ChoiceInput, before: EngineChoices | null): Promise<EngineChoices> {
  const { bert, words, tags, maxPieces, device, precision } = input;
  if (precision === 'f16' && device.name !== 'webgpu') {
    throw new AppError('precision-unavailable', `f16 on ${device.name}`, { device: device.name });
  }
  const { microBatchTokens, recompute } =
    before ?? portionOf({ model: bert, words, tags, device: device.name, precision }, maxPieces);
  const choices = { adapter: device.adapter, microBatchTokens, recompute, shaders: null };
  if (device.name === 'webgpu') return { ...choices, shaders: await chooseShaders(input, before) };
  return choices;
}

async function chooseShaders(input: ChoiceInput, before: EngineChoices | null): Promise<GpuVariants> {
  const known = before?.adapter === input.device.adapter ? before.shaders : null;
  const shaders = known ?? (await tunedShaders(input));
  useVariants(shaders);
  return shaders;
}

/** Milliseconds that timing shaders may take. */
const mostMs = 800;

async function tunedShaders({ bert, device, precision, batchRows, tuned, now }: ChoiceInput): Promise<GpuVariants> {
  // One product takes an imitated GPU a quarter of a second, and barriers are always dear there.
  if (device.software) return { software: true, matmul: {} };
  const before = await recall(tuned, keyOf(device));
  // The lengths of batches lie around their mean, often on both sides of a power of two.
  const shapes = [0.8, 1, 1.25].flatMap((share) =>
    productsOf(bert, Math.ceil((share * batchRows) / 64) * 64, precision === 'f16'),
  );
  const unknown = shapes.filter((shape) => before.matmul[shapeClass(shape)] === undefined);
  if (unknown.length === 0) return { software: false, matmul: before.matmul };
  const matmul = { ...before.matmul, ...(await tuneShaders(unknown, { mostMs, now })) };
  const failure = device.failure();
  if (failure !== null) throw failure;
  await tuned.save(keyOf(device), { ...before, matmul });
  return { software: false, matmul };
}

function keyOf({ name, adapter }: Device): string {
  return `${name} ${adapter}`;
}
