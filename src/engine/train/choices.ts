import * as v from 'valibot';
import type { EngineChoices } from '../../run/events.ts';
import type { BertConfig } from '../checkpoint/config.ts';
import type { Device } from '../device.ts';
import { presentVariants, useVariants } from '../gpu/variants.ts';
import { microBatchTokens } from './microBatch.ts';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

const matmulChoice = v.object({
  variant: v.variant('kind', [
    v.object({ kind: v.literal('registers') }),
    v.object({ kind: v.literal('tiles'), perThread: v.picklist([4, 8]) }),
  ]),
  parts: positive,
});

/** How choices stand in a snapshot. */
export const choicesFile = v.object({
  adapter: v.string(),
  microBatchTokens: positive,
  shaders: v.nullable(v.object({ software: v.boolean(), matmul: v.record(v.string(), matmulChoice) })),
});

/**
 * The choices for a run on a device. A run that goes on or repeats another takes that one's, `before`, or its sums are rounded
 * otherwise; shader variants only on the same adapter, since another may not have room for them. Sets the device's variants.
 */
export function choose(
  bert: BertConfig,
  maxPieces: number,
  device: Device,
  before: EngineChoices | null,
): EngineChoices {
  const { adapter } = device;
  const tokens = before?.microBatchTokens ?? microBatchTokens(bert, maxPieces);
  if (device.name !== 'webgpu') return { adapter, microBatchTokens: tokens, shaders: null };
  if (before?.adapter === adapter && before.shaders !== null) useVariants(before.shaders);
  return { adapter, microBatchTokens: tokens, shaders: presentVariants() };
}
