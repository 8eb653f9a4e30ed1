import { digestJson } from '../core/hash.ts';
import type { RunConfig } from './config.ts';

/**
 * Digest of a config, against which snapshots and finished runs are held. Members that later versions added are left out at
 * the value that means what was done before, so that what an earlier version began can be gone on with.
 */
export function configDigest(config: RunConfig): string {
  return digestJson({ ...config, goldSize: config.goldSize ?? undefined });
}
