import type { ErrorCode } from '../core/errors.ts';
import { loadCheckpoint, type Checkpoint } from '../engine/checkpoint/load.ts';
import { urlSource } from '../engine/checkpoint/sources.ts';
import type { RunConfig } from '../run/config.ts';
import type { Database } from '../storage/database.ts';
import { storageError } from '../storage/errors.ts';
import { cachedSource } from './cachedSource.ts';
import { inCheckpointTurn } from './checkpointTurn.ts';
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
  return inCheckpointTurn(checkpointUrl, { signal, onProgress }, async (tell) => {
    const source = cachedSource(database, place, urlSource(checkpointUrl, env.fetch));
    const checkpoint = await loadCheckpoint(source, {
      layers: config.layers,
      signal,
      onProgress: ofWeights(env, tell),
    });
    try {
      await source.keep();
    } catch (error) {
      onNotCached(storageError(error).code);
    }
    return checkpoint;
  });
}

/** Progress of the weights, which are nearly all there is to read, at most ten times a second and at the end. */
export function ofWeights(
  env: Pick<WorkerEnv, 'now'>,
  tell: (done: number, total: number) => void,
): (file: string, done: number, total: number) => void {
  let toldAt = -Infinity;
  return (file, done, total) => {
    if (file !== 'model.safetensors' || (done !== total && env.now() - toldAt < 100)) return;
    toldAt = env.now();
    tell(done, total);
  };
}
