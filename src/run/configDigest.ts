import { digestJson } from '../core/hash.ts';
import type { RunConfig } from './config.ts';
import { lossMembers } from './losses.ts';
import { shapeOf } from './regimens.ts';

/**
 * Digest of a config, against which snapshots and finished runs are held. Members that later versions added are left out at
 * the value that means what was done before, so that what an earlier version began can be gone on with.
 */
export function configDigest(config: RunConfig): string {
  return digestJson({ ...config, ...laterMembers(config) });
}

/** The members that were added later, undefined where they say what was done before them or nothing reads them. */
export function laterMembers(config: RunConfig): Partial<Record<keyof RunConfig, unknown>> {
  const { stages, draws } = shapeOf(config);
  const second = <T>(value: T | null) => (stages > 1 ? (value ?? undefined) : undefined);
  return {
    goldSize: config.goldSize ?? undefined,
    stepsSecond: second(config.stepsSecond),
    learningRateSecond: second(config.learningRateSecond),
    warmupSecond: second(config.restart ? config.warmupSecond : null),
    keepOptimizer: (stages > 1 && config.restart && config.keepOptimizer) || undefined,
    precision: config.precision === 'f32' ? undefined : config.precision,
    watchBoth: config.watchBoth ? undefined : false,
    ...lossMembers(config, draws),
  };
}
