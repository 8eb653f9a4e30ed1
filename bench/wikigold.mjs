// WikiGold from its file to a report by the command line alone: convert, a simulated teacher, three regimens over three seeds,
// a comparison, and the exported model scored on the test file. Under 5 minutes on two idle cores:
// `node bench/wikigold.mjs [OUT]`. Exits 1 where a number of one command is not that of another; says so where the corpus is absent.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vermeil } from './support/sampleSilver.mjs';

const corpus = fileURLToPath(new URL('../../shared/data/real/wikigold/wikigold.conll.txt', import.meta.url));
if (!existsSync(corpus)) {
  console.log('not run: shared/data/real/wikigold is absent');
  process.exit(0);
}

const run = (...args) =>
  execFileSync(process.execPath, [vermeil, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1e9,
  });

/** Sentences of each part, in the order of the file, so that no article but those at the borders stands in two. */
const parts = { test: 400, dev: 150, gold: 150, silver: 996 };

const kept = process.argv[2];
const folder = kept === undefined ? mkdtempSync(join(tmpdir(), 'vermeil-wikigold-')) : resolve(kept);
mkdirSync(folder, { recursive: true });
const file = (name) => join(folder, name);
try {
  const startedAt = performance.now();
  const load = loadavg()[0];
  run('convert', corpus, file('all.jsonl'), '--to', 'jsonl');
  const lines = readFileSync(file('all.jsonl'), 'utf8').trimEnd().split('\n');
  let at = 0;
  for (const [name, count] of Object.entries(parts)) {
    writeFileSync(file(`${name}.jsonl`), lines.slice(at, (at += count)).join('\n'));
  }
  if (at !== lines.length) throw new Error(`${lines.length} sentences, ${at} wanted`);

  const simulated = ['--provider', 'simulated', '--preset', 'noisy', '--model', 'simulated'];
  run('annotate', '--in', file('silver.jsonl'), '--out', file('taught.jsonl'), ...simulated);
  run('annotate', '--in', file('test.jsonl'), '--out', file('teacher.jsonl'), ...simulated);

  const data = ['gold', 'dev', 'test'].flatMap((name) => [`--${name}`, file(`${name}.jsonl`)]);
  const asked = ['--regimen', 'gold-only,silver-only,simple-mix', '--seed', '0,1,2', '--device', 'wasm'];
  const silver = ['--silver', file('taught.jsonl'), '--teacher', file('teacher.jsonl')];
  const out = file('runs');
  const result = JSON.parse(run('train', ...data, ...silver, ...asked, '--parallel', '2', '--out', out, '--json'));
  console.log(run('compare', out));

  // The exported model on the test file must score as the run that made it said.
  const [first] = result.runs.filter((r) => r.regimen === 'simple-mix' && r.seed === 0);
  run(
    'predict',
    '--model',
    join(out, 'simple-mix-seed-0', 'model'),
    '--in',
    file('test.jsonl'),
    '--out',
    file('predicted.jsonl'),
  );
  const scored = JSON.parse(run('score', file('test.jsonl'), file('predicted.jsonl'), '--json'));
  const [told, again] = [first.scores.test.default.micro.f1, scored.default.micro.f1];
  console.log(`simple mix, seed 0: F1 ${told.toFixed(4)} by train, ${again.toFixed(4)} by predict and score`);
  if (Math.abs(told - again) > 1e-9) process.exitCode = 1;
  const minutes = (performance.now() - startedAt) / 60_000;
  console.log(`${minutes.toFixed(1)} minutes on ${availableParallelism()} cores, load ${load.toFixed(1)} before`);
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
}
