import { availableParallelism, cpus } from 'node:os';
import type { RunData } from '../../engine/train/prepare.ts';
import type { RunRecord } from '../../run/events.ts';
import { shippedSample } from '../files/package.ts';
import { basename } from 'node:path';

/** Under what conditions the figures of a report came about. */
export interface Conditions {
  readonly sample: string;
  /** Sentences of each part that were used, null = all of them. */
  readonly limit: number | null;
  readonly sentences: { readonly silver: number; readonly gold: number; readonly dev: number; readonly test: number };
  readonly checkpoint: string;
  readonly layers: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly device: string;
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  readonly appVersion: string;
  readonly date: string;
  /** From the first byte read to the last score, both threads. */
  readonly secondsInAll: number;
}

export function conditionsOf(record: RunRecord, data: RunData, limit: number | null, secondsInAll: number): Conditions {
  const { layers, learningRate, batchSize, seed } = record.config;
  return {
    sample: basename(shippedSample),
    limit,
    sentences: {
      silver: data.silver.filter(({ spans }) => spans !== null).length,
      gold: data.gold.length,
      dev: data.dev.length,
      test: data.test.length,
    },
    checkpoint: 'all-MiniLM-L6-v2',
    layers,
    learningRate,
    batchSize,
    seed,
    device: `${record.device.name} (${record.device.adapter})`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node: process.versions.node,
    appVersion: record.appVersion,
    date: new Date().toISOString().slice(0, 10),
    secondsInAll,
  };
}
