// The paper recipe on the sample in Node: seven ways of bringing silver and gold, 2 layers, 2 seeds, two threads. Meant to stay
// under 25 minutes on two idle cores: `node bench/paper-recipe.mjs [OUT]`. Prints the table, every comparison in words and
// the time; with OUT the runs and report.html stay there, and a second call goes on where the first was stopped.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { groundSilver, sample, vermeil } from './support/sampleSilver.mjs';

const mostMinutes = 25;

const run = (...args) =>
  execFileSync(process.execPath, [vermeil, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1e9,
  });

const kept = process.argv[2];
const folder = kept === undefined ? mkdtempSync(join(tmpdir(), 'vermeil-recipe-')) : resolve(kept);
const out = join(folder, 'runs');
try {
  const silver = join(folder, 'silver.jsonl');
  if (!existsSync(silver)) groundSilver(run, silver);
  const load = loadavg()[0];
  const startedAt = performance.now();
  const threads = ['--parallel', '2', '--out', out];
  const begun = existsSync(join(out, 'experiment.json'));
  const gold = ['gold-train', 'gold-dev', 'gold-test'].map((name) => join(sample, `${name}.jsonl`));
  const data = ['--gold', gold[0], '--silver', silver, '--dev', gold[1], '--test', gold[2]];
  const asked = [
    ...data,
    '--preset',
    'paper-recipe',
    '--seed',
    '0,1',
    '--layers',
    '2',
    '--lr',
    '3e-4',
    '--device',
    'wasm',
  ];
  console.log(run('train', ...(begun ? ['--resume'] : asked), ...threads));
  const minutes = (performance.now() - startedAt) / 60_000;
  const machine = `${String(availableParallelism())} cores, load ${load.toFixed(1)} before`;
  console.log(`${minutes.toFixed(1)} minutes on ${machine}${begun ? ', going on from before' : ''}`);
  if (!begun && minutes > mostMinutes) process.exitCode = 1;
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
}
