import { embeddingsOf } from '../engine/embed.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import type { WorkerEnv } from './env.ts';
import { loadRunCheckpoint } from './loadRunCheckpoint.ts';
import type { EmbedRequest } from './protocol.ts';

/** Embeds sentences on the device that is open, by all layers of the checkpoint. Throws what loading one and a device throw. */
export async function embed(
  env: WorkerEnv,
  { checkpointUrl, sentences }: EmbedRequest,
  onProgress: (done: number, total: number) => void,
): Promise<readonly Float32Array[]> {
  const checkpoint = await loadRunCheckpoint(
    env,
    await env.database(),
    { checkpointUrl, config: { layers: 0 } },
    {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onNotCached: () => undefined, // a run will try again, and tell
    },
  );
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const maxPieces = Math.min(256, checkpoint.config.positions);
  return env.devices.use(() => embeddingsOf(checkpoint, tokenizer, sentences, maxPieces, onProgress));
}
