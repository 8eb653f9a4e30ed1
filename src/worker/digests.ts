import { dataDigest, sourceDigests } from '../run/dataDigest.ts';
import type { Present } from '../run/repeat.ts';
import type { WorkerEnv } from './env.ts';
import { loadRunCheckpoint } from './loadRunCheckpoint.ts';
import type { DigestRequest } from './protocol.ts';

/** Digests of what a run would be trained with. Throws what loading a checkpoint throws. */
export async function digestsOf(env: WorkerEnv, request: DigestRequest): Promise<Present['digests']> {
  const checkpoint = await loadRunCheckpoint(env, await env.database(), request, {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onNotCached: () => undefined, // the run itself will try again, and tell
  });
  return {
    data: dataDigest(request.data),
    checkpoint: checkpoint.digest,
    sources: sourceDigests(request.data),
  };
}
