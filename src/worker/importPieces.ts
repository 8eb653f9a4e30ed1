import type { Surroundings } from '../data/findings/check.ts';
import { tokenizerFileNames } from '../engine/checkpoint/load.ts';
import { urlSource } from '../engine/checkpoint/sources.ts';
import { defaultConfig } from '../run/config.ts';
import type { Database } from '../storage/database.ts';
import { encodeWords } from '../tokenizer/encode.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import { cachedSource } from './cachedSource.ts';
import type { WorkerEnv } from './env.ts';

/** What the model takes at once unless told otherwise, without [CLS] and [SEP]. */
const mostPieces = defaultConfig.maxPieces - 2;

/**
 * How a check counts pieces: by the tokenizer of the checkpoint, out of the database or from its URL. Nothing where it is not at
 * hand, as before a person has brought a model: then nobody can say which sentences are too long.
 */
export async function pieceCounting(
  { fetch, appVersion }: Pick<WorkerEnv, 'fetch' | 'appVersion'>,
  database: Database,
  url: string,
): Promise<Surroundings> {
  const source = cachedSource(database, { url, appVersion }, urlSource(url, fetch));
  const files: Record<string, string> = {};
  try {
    for (const name of tokenizerFileNames) {
      const bytes = await source.read(name, () => undefined, new AbortController().signal);
      if (bytes !== null) files[name] = new TextDecoder().decode(bytes);
    }
    const tokenizer = createTokenizer(files);
    return { mostPieces, pieces: ({ text, words }) => encodeWords(tokenizer, text, words).length };
  } catch {
    return {}; // no model yet, or one that no run could use either, which the run then tells
  }
}
