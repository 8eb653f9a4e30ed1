import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import * as v from 'valibot';
import { AppError } from '../../core/errors.ts';
import type { TokenizerFiles } from '../../tokenizer/tokenizer.ts';
import type { Weights } from '../model/parameters.ts';
import { decodeBertConfig, type BertConfig } from './config.ts';
import { readSafetensors } from './safetensors.ts';
import type { CheckpointSource } from './sources.ts';
import { classifierOf, encoderWeights } from './weights.ts';

/** A BERT that was read and checked: sizes, float32 weights in the layout of the file, the files of its tokenizer. */
export interface Checkpoint {
  /** With the layers that were kept, not those of the file. */
  readonly config: BertConfig;
  readonly weights: Weights;
  readonly tokenizerFiles: TokenizerFiles;
  /** SHA-256 over config, weights and tokenizer files, whatever layers were kept. */
  readonly digest: string;
  /** Tags of a trained token classifier, whose weights are then among `weights`; null where there is none. */
  readonly tags: readonly string[] | null;
  /** WordPieces a window may hold, of a model that Vermeil trained. */
  readonly maxPieces?: number;
}

export interface LoadOptions {
  /** Encoder layers to keep, the first ones; 0 = all. */
  readonly layers?: number;
  /** Bytes of the file `what` read so far; total 0 = not known. */
  onProgress?(what: string, done: number, total: number): void;
  readonly signal?: AbortSignal;
}

/** Files that a tokenizer may be made of; see `TokenizerFiles`. */
export const tokenizerFileNames = ['tokenizer.json', 'vocab.txt', 'tokenizer_config.json', 'special_tokens_map.json'];

/** What `export.ts` adds to Hugging Face's folder. */
const vermeilFile = v.object({ maxPieces: v.pipe(v.number(), v.integer(), v.minValue(3)) });

/**
 * Reads a checkpoint folder. Throws `file-missing` (detail `file`), `checkpoint-not-bert`, `checkpoint-invalid`,
 * `checkpoint-truncated`, `checkpoint-sizes` (layers that are not there, or a tensor whose shape contradicts the config),
 * `stopped` when aborted, and what the source throws.
 */
export async function loadCheckpoint(source: CheckpointSource, options: LoadOptions = {}): Promise<Checkpoint> {
  const signal = options.signal ?? new AbortController().signal;
  const read = async (name: string) => {
    try {
      signal.throwIfAborted();
      return await source.read(name, (done, total) => options.onProgress?.(name, done, total), signal);
    } catch (error) {
      if (signal.aborted) throw new AppError('stopped', `reading ${name} was stopped`);
      throw error;
    }
  };
  const need = async (name: string) => {
    const bytes = await read(name);
    if (bytes === null) throw new AppError('file-missing', `the checkpoint has no ${name}`, { file: name });
    return bytes;
  };
  const configBytes = await need('config.json');
  const fileConfig = decodeBertConfig(decodeText(configBytes));
  const config = { ...fileConfig, layers: layersKept(fileConfig.layers, options.layers ?? 0) };

  const digest = sha256.create();
  // Name and length go before the bytes, so that no two folders can run together to the same stream.
  const addToDigest = (name: string, bytes: Uint8Array) =>
    digest.update(utf8ToBytes(`${name}\n${String(bytes.length)}\n`)).update(bytes);
  addToDigest('config.json', configBytes);
  const tokenizerFiles: Record<string, string> = {};
  for (const name of tokenizerFileNames) {
    const bytes = await read(name);
    if (bytes === null) continue;
    tokenizerFiles[name] = decodeText(bytes);
    addToDigest(name, bytes);
  }
  if (tokenizerFiles['tokenizer.json'] === undefined && tokenizerFiles['vocab.txt'] === undefined) {
    throw new AppError('file-missing', 'neither tokenizer.json nor vocab.txt', { file: 'tokenizer.json' });
  }
  const extra = await read('vermeil.json');
  const weightBytes = await need('model.safetensors');
  addToDigest('model.safetensors', weightBytes);

  const { tensors } = readSafetensors(weightBytes);
  const weights = encoderWeights(tensors, config);
  const head = classifierOf(tensors, config);
  for (const [name, weight] of head?.weights ?? []) weights.set(name, weight);
  const maxPieces = extra === null ? null : maxPiecesOf(extra);
  return {
    config,
    weights,
    tokenizerFiles,
    digest: bytesToHex(digest.digest()),
    tags: head?.tags ?? null,
    ...(maxPieces === null ? {} : { maxPieces }),
  };
}

function layersKept(available: number, wanted: number): number {
  if (wanted > available) {
    const detail = { what: 'layers', wanted, found: available };
    throw new AppError(
      'checkpoint-sizes',
      `${String(wanted)} layers wanted, the checkpoint has ${String(available)}`,
      detail,
    );
  }
  return wanted === 0 ? available : wanted;
}

function decodeText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** A folder of another program may hold a `vermeil.json` of its own: what cannot be read counts as absent. */
function maxPiecesOf(bytes: Uint8Array): number | null {
  try {
    const decoded = v.safeParse(vermeilFile, JSON.parse(decodeText(bytes)));
    return decoded.success ? decoded.output.maxPieces : null;
  } catch {
    return null;
  }
}
