// Our training step on wasm against Hugging Face's BertForTokenClassification in PyTorch on one thread: the same batches of
// the sample, by turns, counted in real tokens. PyTorch pads each batch to its longest sentence and trains the whole vocabulary.
//
//     node bench/pytorch.mjs [--python python3] [--layers 2,6] [--repeats 5] [--batch 16] [--relaxed 1]
//
// Times are of the clock on the wall and of the processor; on a busy machine only the latter can be compared. The Python needs
// torch and transformers. `--relaxed 0` leaves V8's relaxed SIMD off, which our kernels use where it is on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';
import { cpuMs, importSource, median, optionsOf, publicFolder, wasmPath } from './support/sources.mjs';

const python = process.env.PYTHON ?? 'python3';
const options = optionsOf({ python, layers: '2,6', repeats: 5, batch: 16, relaxed: 1 });
if (options.relaxed === 1) v8.setFlagsFromString('--experimental-wasm-relaxed-simd');

/** Python's side: one line of JSON asked, one answered. */
function openPython() {
  const script = fileURLToPath(new URL('pytorch.py', import.meta.url));
  const child = spawn(options.python, [script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${options.python} ended with ${code}`);
  });
  failed.catch(() => undefined);
  const ask = async (question) => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value } = await Promise.race([lines.next(), failed]);
    return JSON.parse(value);
  };
  return { ask, close: () => child.stdin.end() };
}

const { openSampleTraining } = await importSource('support/sampleTraining.ts');
console.log(
  `${cpus()[0].model.trim()}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}, Node ${process.versions.node}`,
);
console.log(
  '| layers | tokens a step | ours, tokens/s (best) | PyTorch (best) | ratio | ours, processor | PyTorch | ratio |',
);
console.log('|---|---|---|---|---|---|---|---|');
for (const layers of options.layers.split(',').map(Number)) {
  const sizes = { sentences: options.batch, maxTokens: null, count: options.repeats };
  const ours = await openSampleTraining({ device: 'wasm', layers, sizes, publicFolder }, { wasmPath });
  const torch = openPython();
  const about = await torch.ask({ checkpoint: ours.checkpointFolder, layers, tags: ours.tags.length });
  const plain = (batch) => batch.full.map(({ ids, labels }) => ({ ids: [...ids], labels: [...labels] }));
  const both = () => ({ wall: performance.now(), cpu: cpuMs() });
  const rounds = [];
  for (const [i, batch] of [ours.batches[0], ...ours.batches].entries()) {
    const before = both();
    await ours.step(batch, () => performance.now());
    const after = both();
    const theirs = await torch.ask({ batch: plain(batch) });
    // The first round compiles and warms up.
    if (i > 0)
      rounds.push({ tokens: batch.tokens, wall: after.wall - before.wall, cpu: after.cpu - before.cpu, theirs });
  }
  torch.close();
  ours.dispose();
  const speeds = (ms) => rounds.map((round) => (1000 * round.tokens) / ms(round));
  const [wall, cpu] = [speeds((r) => r.wall), speeds((r) => r.cpu)];
  const [theirWall, theirCpu] = [speeds((r) => r.theirs.wallMs), speeds((r) => r.theirs.cpuMs)];
  const ratio = (own, other) => `${median(own.map((speed, i) => speed / other[i])).toFixed(2)} ×`;
  const whole = (value) => Math.round(value).toLocaleString('en-GB');
  const cell = (values) => `${whole(median(values))} (${whole(Math.max(...values))})`;
  const tokens = median(rounds.map((round) => round.tokens));
  console.log(
    `| ${layers} | ${whole(tokens)} | ${cell(wall)} | ${cell(theirWall)} | ${ratio(wall, theirWall)} | ${cell(cpu)} | ${cell(theirCpu)} | ${ratio(cpu, theirCpu)} |`,
  );
  if (layers === Number(options.layers.split(',').at(-1)))
    console.log(`\nours: wasm (${ours.adapter}); theirs: ${about.what}`);
}
