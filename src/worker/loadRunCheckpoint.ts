import type { ErrorCode } from '../core/errors.ts';
import { loadCheckpoint, type Checkpoint } from '../engine/checkpoint/load.ts';
import { urlSource } from '../engine/checkpoint/sources.ts';
import type { RunConfig } from '../run/config.ts';
import type { Database } from '../storage/database.ts';
import { storageError } from '../storage/errors.ts';
import { cachedSource } from './cachedSource.ts';
import type { WorkerEnv } from './env.ts';
import type { TrainRequest } from './protocol.ts';

export interface LoadListeners {
  readonly signal: AbortSignal;
  /** Bytes of the weights, at most ten times a second. */
  onProgress(done: number, total: number): void;
  /** The files could not be kept for the next time. */
  onNotCached(code: ErrorCode): void;
}

/** The checkpoint of a run out of the database, or downloaded and kept there. */
export async function loadRunCheckpoint(
  env: WorkerEnv,
  database: Database,
  { checkpointUrl, config }: Pick<TrainRequest, 'checkpointUrl'> & { readonly config: Pick<RunConfig, 'layers'> },
  { signal, onProgress, onNotCached }: LoadListeners,
): Promise<Checkpoint> {
  const place = { url: checkpointUrl, appVersion: env.appVersion };
  const source = cachedSource(database, place, urlSource(checkpointUrl, env.fetch));
  let toldAt = -Infinity;
  const checkpoint = await loadCheckpoint(source, {
    layers: config.layers,
    signal,
    onProgress(file, done, total) {
      if (file !== 'model.safetensors' || (done !== total && env.now() - toldAt < 100)) return;
      toldAt = env.now();
      onProgress(done, total);
    },
  });
  try {
    await source.keep();
  } catch (error) {
    onNotCached(storageError(error).code);
  }
  return checkpoint;
}
