import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { vermeil } from '../../src/engine/bench/contenders.ts';
import { timeStep } from '../../src/engine/bench/measure.ts';
import {
  drawBatches,
  modelOf,
  randomCheckpoint,
  type BatchSizes,
  type BenchBatch,
} from '../../src/engine/bench/workload.ts';
import { tagsOf } from '../../src/data/labels.ts';
import { loadCheckpoint } from '../../src/engine/checkpoint/load.ts';
import { openDevice, type DeviceEnv, type DeviceName } from '../../src/engine/device.ts';
import { heapOf } from '../../src/engine/wasm/heap.ts';
import { pack } from '../../src/engine/model/batch.ts';
import { encodeLabelled } from '../../src/engine/train/encode.ts';
import { sampleFiles, sampleOf } from '../../src/llm/sample.ts';
import { defaultConfig } from '../../src/run/config.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';

export interface Wanted {
  readonly device: DeviceName;
  readonly layers: number;
  /** Width; other than the checkpoint's it gets random weights. */
  readonly hidden?: number;
  readonly sizes: BatchSizes;
  /** Where checkpoint and sample lie, ending in `/`. */
  readonly publicFolder: string;
}

/** The shipped checkpoint, the sample's own batches over the whole vocabulary, and our training step on an opened device. */
export async function openSampleTraining(
  { device: name, layers, hidden, sizes, publicFolder }: Wanted,
  env: DeviceEnv,
) {
  const checkpointFolder = `${publicFolder}models/all-MiniLM-L6-v2`;
  const device = await openDevice(name, env);
  // A Buffer's `slice` is a view, where the reader of checkpoints counts on a copy.
  const read = (file: string) => readFile(`${checkpointFolder}/${file}`).then((bytes) => new Uint8Array(bytes));
  const checkpoint = await loadCheckpoint({ read: (file) => read(file).catch(() => null) }, { layers });
  const texts = sampleFiles.map(async (file) => [file, await readFile(`${publicFolder}samples/sotu/${file}`, 'utf8')]);
  const { silver, gold } = sampleOf(Object.fromEntries(await Promise.all(texts)) as Record<string, string>);
  const sentences = [...silver, ...gold].filter(({ spans }) => spans !== null);
  const labels = new Set(sentences.flatMap(({ spans }) => (spans ?? []).map(({ label }) => label)));
  const tags = tagsOf([...labels].sort());
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const encoded = encodeLabelled(tokenizer, sentences, tags, defaultConfig.maxPieces);
  const { pieceIds, batches } = drawBatches(encoded, sizes, defaultConfig.seed);
  const { dropout, seed } = defaultConfig;
  const { config } = checkpoint;
  const start =
    hidden === undefined || hidden === config.hidden ? checkpoint : randomCheckpoint(config, hidden, layers, seed);
  const trainer = vermeil(modelOf(start, { layers, tags: tags.length, dropout, seed }), pieceIds, defaultConfig);
  return {
    adapter: device.adapter,
    checkpointFolder,
    tags,
    batches,
    /** Rows of a batch as it is packed. */
    rowsOf: ({ compact }: BenchBatch) => pack(compact).ids.length,
    /** One step; its time on the clock `now` until the loss is read. */
    step: async (batch: BenchBatch, now: () => number) => (await timeStep(trainer, batch, { device, now })).totalMs,
    memory: memoryNow,
    dispose: () => trainer.dispose(),
  };
}

/** Bytes that the device holds and will not give back, bytes of living tensors, and their number. */
function memoryNow() {
  const { numBytes, numTensors, ...more } = tf.memory() as tf.MemoryInfo & { numBytesAllocatedInGPU?: number };
  const allocated =
    more.numBytesAllocatedInGPU ??
    (tf.getBackend() === 'wasm' ? heapOf(tf.backend()).memory.buffer.byteLength : numBytes);
  return { allocated, used: numBytes, tensors: numTensors };
}
