import { unzipSync } from 'fflate';
import { AppError, messageOf } from '../core/errors.ts';
import { loadCheckpoint } from '../engine/checkpoint/load.ts';
import { filesSource, urlSource } from '../engine/checkpoint/sources.ts';
import { cachedSource } from './cachedSource.ts';
import { inCheckpointTurn } from './checkpointTurn.ts';
import type { WorkerEnv } from './env.ts';
import { ofWeights } from './loadRunCheckpoint.ts';
import type { BroughtFile } from './protocol.ts';

/**
 * Keeps a checkpoint in the database once it has proved to be sound: the files that were brought, in place of what was kept
 * under this URL, or else those at the URL. Throws what `loadCheckpoint`, the source and the storage throw.
 */
export async function keepCheckpoint(
  env: WorkerEnv,
  url: string,
  brought: readonly BroughtFile[] | null,
): Promise<void> {
  const origin = brought === null ? urlSource(url, env.fetch) : filesSource(await checkpointFiles(brought));
  const place = { url, appVersion: env.appVersion };
  const database = await env.database();
  await inCheckpointTurn(url, {}, async (tell) => {
    const source = cachedSource(database, place, origin, brought !== null);
    await loadCheckpoint(source, { onProgress: ofWeights(env, tell) }); // for a run that waits for it
    await source.keep();
  });
}

/**
 * The files of the folder that holds a config.json, by their names there: of the files of a folder, or those in a zip. Throws
 * `file-missing` where there is no config.json, `file-unreadable` for a damaged zip.
 */
async function checkpointFiles(brought: readonly BroughtFile[]): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const { path, blob } of brought) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    if (!/\.zip$/i.test(path)) files.set(path, bytes);
    else for (const [inside, content] of Object.entries(unzipped(path, bytes))) files.set(inside, content);
  }
  const config = [...files.keys()]
    .filter((path) => path === 'config.json' || path.endsWith('/config.json'))
    .sort((a, b) => a.length - b.length)[0];
  if (config === undefined) throw new AppError('file-missing', 'no config.json', { file: 'config.json' });
  const folder = config.slice(0, -'config.json'.length);
  const here = [...files].filter(([path]) => path.startsWith(folder) && !path.slice(folder.length).includes('/'));
  return new Map(here.map(([path, bytes]) => [path.slice(folder.length), bytes]));
}

function unzipped(path: string, bytes: Uint8Array): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes);
  } catch (error) {
    throw new AppError('file-unreadable', messageOf(error), { file: path, reason: messageOf(error) });
  }
}
