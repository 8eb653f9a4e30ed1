// Kills experiments in two threads without a word (SIGKILL) at 20 random points in all, goes on each time, and holds their tables
// and models against those of an undisturbed one. Some minutes: `node bench/killed-experiment.mjs [KILLS]`. Exits 1 where they differ.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { groundSilver, sample, vermeil } from './support/sampleSilver.mjs';

const kills = Number(process.argv[2] ?? 20);
const folder = mkdtempSync(join(tmpdir(), 'vermeil-killed-'));
const [silver, whole] = ['silver.jsonl', 'whole'].map((name) => join(folder, name));
const quiet = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1e9 };
const run = (...args) => execFileSync(process.execPath, [vermeil, ...args], quiet);

const data = ['--gold', join(sample, 'gold-train.jsonl'), '--silver', silver, '--test', join(sample, 'gold-dev.jsonl')];
const asked = [
  '--regimen',
  'gold-only,silver-only,simple-mix',
  '--gold-sizes',
  '50,all',
  '--seed',
  '0,1',
  '--steps',
  '12',
  '--layers',
  '1',
];
const begin = (out) => ['train', ...data, ...asked, '--device', 'wasm', '--parallel', '2', '--out', out, '--json'];
const table = (json) =>
  JSON.stringify(JSON.parse(json).runs.map(({ run: name, steps, scores }) => ({ name, steps, scores })));
const models = (out) =>
  readdirSync(out)
    .filter((name) => name.includes('-seed-'))
    .map((name) =>
      createHash('sha256')
        .update(readFileSync(join(out, name, 'model/model.safetensors')))
        .digest('hex'),
    )
    .join();

/** Starts or goes on, and kills after a while; the answer where it came first. */
async function killedAfter(killed, ms) {
  const words = existsSync(join(killed, 'experiment.json'))
    ? ['train', '--resume', '--parallel', '2', '--out', killed, '--json']
    : begin(killed);
  const child = spawn(process.execPath, [vermeil, ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
  let stdout = '';
  child.stdout.on('data', (text) => (stdout += text));
  const ended = new Promise((resolve) => child.on('close', resolve));
  await Promise.race([ended, setTimeout(ms)]);
  child.kill('SIGKILL');
  return (await ended) === 0 ? stdout : null;
}

try {
  groundSilver(run, silver);
  const startedAt = performance.now();
  const wanted = table(run(...begin(whole)));
  let seconds = (performance.now() - startedAt) / 1000;
  let done = 0;
  let different = 0;
  for (let round = 1; done < kills; round++) {
    const killed = join(folder, `killed-${String(round)}`);
    let answer = null;
    const [begunAt, doneBefore] = [performance.now(), done];
    while (answer === null) {
      const ms = done < kills ? 1000 * seconds * (0.15 + 0.6 * Math.random()) : 3_600_000;
      answer = await killedAfter(killed, ms);
      if (answer !== null) break;
      done++;
      const runs = existsSync(killed) ? readdirSync(killed) : [];
      const finished = runs.filter((name) => existsSync(join(killed, name, 'record.json'))).length;
      console.log(`kill ${String(done)}, after ${(ms / 1000).toFixed(1)} s: ${String(finished)} runs finished so far`);
    }
    // It got away unkilled: the machine is less busy than it was.
    if (done === doneBefore) seconds = (performance.now() - begunAt) / 1000;
    const same = table(answer) === wanted && models(killed) === models(whole);
    if (!same) different++;
    console.log(`experiment ${String(round)}: table and models are ${same ? 'the same' : 'DIFFERENT'}`);
    rmSync(killed, { recursive: true, force: true });
  }
  console.log(`${String(done)} kills; undisturbed ${seconds.toFixed(0)} s; ${String(different)} experiments differ`);
  process.exitCode = different === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
