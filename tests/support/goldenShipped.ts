import * as v from 'valibot';
import type { Sentence } from '../../src/data/types.ts';
import { wordsOf } from '../../src/data/words.ts';
import { loadCheckpoint } from '../../src/engine/checkpoint/load.ts';
import { readSafetensors, toFloat32 } from '../../src/engine/checkpoint/safetensors.ts';
import type { Device } from '../../src/engine/device.ts';
import { pack } from '../../src/engine/model/batch.ts';
import { encodeSentence } from '../../src/engine/train/encode.ts';
import { train } from '../../src/engine/train/train.ts';
import { defaultConfig, type RunConfig } from '../../src/run/config.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';
import { largestDifference, logitsOf, withModel, type ReadGolden } from './goldenModel.ts';

/** The shipped checkpoint and the sample against transformers and PyTorch, on tfjs' present device. */
export interface ShippedFiles {
  /** Reads below `tests/golden/`. */
  readonly golden: ReadGolden;
  /** Reads below `public/`. */
  readonly public: ReadGolden;
}

const shippedModel = 'models/all-MiniLM-L6-v2/';
const modelFiles = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'vocab.txt', 'model.safetensors'];
const numbers = v.array(v.number());
const settings = v.object({
  learningRate: v.number(),
  weightDecay: v.number(),
  clipNorm: v.number(),
  warmup: v.number(),
});
const curveFile = v.object({ settings, losses: numbers, norms: numbers, tokens: numbers });
const sampleLine = v.object({
  id: v.string(),
  text: v.string(),
  spans: v.array(v.object({ start: v.number(), end: v.number(), label: v.string() })),
});

async function sentencesOf({ public: read }: ShippedFiles, file: string, count: number): Promise<Sentence[]> {
  const text = new TextDecoder().decode(await read(`samples/sotu/${file}`));
  return text
    .split('\n')
    .slice(0, count)
    .map((line) => {
      const { id, text: sentence, spans } = v.parse(sampleLine, JSON.parse(line));
      return { id, text: sentence, words: wordsOf(sentence), spans };
    });
}

function shipped({ public: read }: ShippedFiles, layers: number) {
  const exists = (name: string) => modelFiles.includes(name);
  const source = { read: (name: string) => (exists(name) ? read(shippedModel + name) : Promise.resolve(null)) };
  return loadCheckpoint(source, { layers });
}

/** Largest difference of a logit of 8 sentences; the pieces must be transformers' own. */
export async function shippedLogitsError(files: ShippedFiles, layers: 2 | 6): Promise<number> {
  const golden = readSafetensors(await files.golden('shipped/logits.safetensors'));
  const head = readSafetensors(await files.golden('shipped/start.safetensors')).tensors;
  const checkpoint = await shipped(files, layers);
  const weights = new Map(checkpoint.weights);
  for (const [name, tensor] of head) weights.set(name, { shape: tensor.shape, values: toFloat32(tensor) });
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const windows = (await sentencesOf(files, 'gold-test.jsonl', 8)).flatMap(
    (s) => encodeSentence(tokenizer, s, 128).windows,
  );
  const wanted = v.parse(v.array(numbers), JSON.parse(golden.metadata['ids'] ?? ''));
  if (JSON.stringify(windows.map(({ ids }) => [...ids])) !== JSON.stringify(wanted))
    throw new Error('the pieces differ');
  const batch = pack(windows.map(({ ids }) => ({ ids, labels: new Int32Array(ids.length).fill(-100) })));
  const found = await withModel({ ...checkpoint, weights }, (model) => logitsOf(model, batch));
  return largestDifference(toFloat32(golden.tensors.get(`layers${String(layers)}`)!), found);
}

/**
 * Largest relative difference of loss and norm over 50 steps of `train()` at 2 layers: tokenizer, labels, head, order of the
 * sentences, compact vocabulary, schedule and all. Tokens of every batch must be the reference's.
 */
export async function shippedCurveErrors(
  files: ShippedFiles,
  device: Device,
  onStep: (step: number, loss: number) => void = () => undefined,
): Promise<{ loss: number; norm: number }> {
  const golden = v.parse(curveFile, JSON.parse(new TextDecoder().decode(await files.golden('shipped/curve.json'))));
  const checkpoint = await shipped(files, 2);
  const steps = golden.losses.length;
  const setting = { ...golden.settings, regimen: 'gold-only', steps, batchSize: 4, dropout: 0, seed: 5 } as const;
  const config: RunConfig = { ...defaultConfig, ...setting };
  const data = { silver: [], gold: await sentencesOf(files, 'gold-train.jsonl', 24), dev: [], test: [] };
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const run = train(
    { config, checkpoint, tokenizer, data, device, appVersion: 'test' },
    { signal: new AbortController().signal, now: () => performance.now() },
  );
  const worst = { loss: 0, norm: 0 };
  let step = 0;
  for await (const event of run) {
    if (event.kind !== 'step') continue;
    const { loss, gradNorm } = event.point;
    worst.loss = Math.max(worst.loss, Math.abs(loss / golden.losses[step]! - 1));
    worst.norm = Math.max(worst.norm, Math.abs(gradNorm / golden.norms[step]! - 1));
    if (event.tokens !== golden.tokens[step])
      throw new Error(`step ${String(step)} has ${String(event.tokens)} tokens`);
    step++;
    onStep(step, loss);
  }
  if (step !== steps) throw new Error(`${String(step)} steps`);
  return worst;
}
