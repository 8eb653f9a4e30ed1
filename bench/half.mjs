// Half precision against full on webgpu in Node: the F1 of three seeds each, on the sample's gold sentences with 2 layers, in
// turn. Takes the optional package: `npm install --no-save webgpu`, then `node bench/half.mjs [STEPS] [BATCH]`. Which adapter
// Dawn finds can be said to Vulkan: VK_ICD_FILENAMES=…/lvp_icd.json for lavapipe.
import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { sample, vermeil } from './support/sampleSilver.mjs';

const [steps = '178', batch = '16'] = process.argv.slice(2);
const gold = ['--gold', join(sample, 'gold-train.jsonl'), '--test', join(sample, 'gold-test.jsonl')];
const shape = ['--regimen', 'gold-only', '--layers', '2', '--steps', steps, '--batch', batch, '--device', 'webgpu'];

/** One run, from the command line's own report. */
function train(seed, precision) {
  const args = ['train', ...gold, ...shape, '--seed', String(seed), '--precision', precision, '--json'];
  const stdio = ['ignore', 'pipe', 'inherit'];
  const [run] = JSON.parse(execFileSync(process.execPath, [vermeil, ...args], { encoding: 'utf8', stdio })).runs;
  return { f1: run.scores.test.default.micro.f1, tokensPerSecond: run.tokensPerSecond };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const found = [0, 1, 2].map((seed) => {
  const [f32, f16] = ['f32', 'f16'].map((precision) => train(seed, precision));
  console.log(
    `seed ${seed}: F1 full ${f32.f1.toFixed(4)}, half ${f16.f1.toFixed(4)}; ` +
      `${f32.tokensPerSecond.toFixed(0)} and ${f16.tokensPerSecond.toFixed(0)} tokens/s; load ${loadavg()[0].toFixed(0)}`,
  );
  return { f32: f32.f1, f16: f16.f1 };
});
const [full, half] = ['f32', 'f16'].map((precision) => mean(found.map((run) => run[precision])));
console.log(`${steps} steps of ${batch} sentences: F1 full ${full.toFixed(4)}, half ${half.toFixed(4)}`);
