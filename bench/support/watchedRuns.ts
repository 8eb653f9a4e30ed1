import { readFile } from 'node:fs/promises';
import { loadCheckpoint } from '../../src/engine/checkpoint/load.ts';
import { openDevice, type DeviceEnv } from '../../src/engine/device.ts';
import { train } from '../../src/engine/train/train.ts';
import { sampleFiles, sampleOf } from '../../src/llm/sample.ts';
import { defaultConfig, type RunConfig } from '../../src/run/config.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';

export interface Watched {
  readonly looks: number;
  readonly sentences: number;
  /** Processor time of the looks, of the training steps, and of the whole run. */
  readonly lookMs: number;
  readonly stepMs: number;
  readonly wholeMs: number;
}

/** Trains runs on the sample on wasm; of each, what looking at sentences with both labels took. */
export async function openWatchedRuns(publicFolder: string, layers: number, env: DeviceEnv, now: () => number) {
  const device = await openDevice('wasm', env);
  const folder = `${publicFolder}models/all-MiniLM-L6-v2`;
  const read = (file: string) => readFile(`${folder}/${file}`).then((bytes) => new Uint8Array(bytes));
  const checkpoint = await loadCheckpoint({ read: (file) => read(file).catch(() => null) }, { layers });
  const texts = sampleFiles.map(async (file) => [file, await readFile(`${publicFolder}samples/sotu/${file}`, 'utf8')]);
  const sample = sampleOf(Object.fromEntries(await Promise.all(texts)) as Record<string, string>);
  const labelled = (sentences: typeof sample.gold) => sentences.filter(({ spans }) => spans !== null);
  const data = { silver: labelled(sample.silver), gold: sample.gold, dev: sample.dev, test: sample.test };
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  return async function run(change: Partial<RunConfig>): Promise<Watched> {
    const config = { ...defaultConfig, layers, ...change };
    const input = { config, checkpoint, tokenizer, data, device, appVersion: '0' };
    const start = now();
    let [before, lookMs, stepMs] = [start, 0, 0];
    let why = { looks: 0, sentences: 0 };
    for await (const event of train(input, { signal: new AbortController().signal, now })) {
      const at = now();
      // On wasm each step is read at once, so that nothing but the look lies between an event and that of the look.
      if (event.kind === 'why') lookMs += at - before;
      if (event.kind === 'step') stepMs += at - before;
      if (event.kind === 'finished') {
        const { points = [], sentences = 0 } = event.record.why ?? {};
        why = { looks: points.length, sentences };
      }
      before = at;
    }
    return { ...why, lookMs, stepMs, wholeMs: now() - start };
  };
}
