import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scores } from '../../src/eval/scores.ts';
import { createRandom } from '../../src/core/random.ts';
import { readShared } from '../support/shared.ts';
import { tinyCheckpoint } from '../support/tinyCheckpoint.ts';
import { vermeil, workFolder } from './support/vermeil.ts';

// A small part of what `bench/wikigold.mjs` does whole.
const corpus = readShared('data/real/wikigold/wikigold.conll.txt');
const sizes = { gold: 80, silver: 120, dev: 20, test: 60 };

const work = workFolder();
const at = (name: string) => join(work.path, name);
const lines = (name: string) => readFileSync(at(name), 'utf8').trimEnd().split('\n');

async function run<T>(...words: string[]): Promise<T> {
  const { code, stdout, stderr } = await vermeil(work.path, ...words, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

beforeAll(() => {
  writeFileSync(at('wikigold.txt'), corpus ?? '');
});
afterAll(() => {
  work.remove();
});

test.skipIf(corpus === null)('wikigold goes from its file to scores that all commands agree on', async () => {
  await run('convert', 'wikigold.txt', 'all.jsonl');
  const all = lines('all.jsonl');
  createRandom(1, 'wikigold').shuffle(all);
  let begin = 0;
  for (const [name, size] of Object.entries(sizes)) {
    writeFileSync(at(`${name}.jsonl`), all.slice(begin, (begin += size)).join('\n'));
  }
  // A BERT that knows the words of this part of the corpus.
  const texts = all.slice(0, begin).map((line) => (JSON.parse(line) as { text: string }).text);
  const words = [
    ...new Set(
      texts
        .join(' ')
        .toLowerCase()
        .match(/[a-z]+|[^a-z\s]/g),
    ),
  ];
  mkdirSync(at('bert'));
  for (const [name, bytes] of tinyCheckpoint(1, 16, words)) writeFileSync(at(`bert/${name}`), bytes);

  const simulated = ['--provider', 'simulated', '--preset', 'noisy', '--model', 'simulated'];
  await run('annotate', '--in', 'silver.jsonl', '--out', 'taught.jsonl', ...simulated);
  expect(lines('taught.jsonl')).toHaveLength(sizes.silver);
  expect(lines('taught.jsonl')).not.toEqual(lines('silver.jsonl')); // a teacher makes mistakes

  const data = ['--gold', 'gold.jsonl', '--silver', 'taught.jsonl', '--dev', 'dev.jsonl', '--test', 'test.jsonl'];
  const how = ['--checkpoint', 'bert', '--max-pieces', '32', '--steps', '200', '--batch', '8', '--lr', '1e-2'];
  interface Run {
    readonly run: string;
    readonly scores: { readonly test: Scores };
  }
  const regimens = ['--regimen', 'gold-only', 'simple-mix', '--device', 'wasm', '--out', 'runs'];
  const { runs } = await run<{ runs: readonly Run[] }>('train', ...data, ...how, ...regimens);
  expect(runs.map((one) => one.run)).toEqual(['gold-only-seed-0', 'simple-mix-seed-0']);

  const { rows } = await run<{ rows: readonly { name: string; f1: { mean: number } }[] }>('compare', 'runs');
  const f1 = runs.map(({ scores }) => scores.test.default.micro.f1);
  // A sentence that stands twice in the corpus may be silver and test: then the teacher has a row too.
  const ours = rows.filter(({ name }) => name !== 'Teacher itself');
  expect(ours.map(({ name, f1: told }) => [name, told.mean])).toEqual([
    ['Gold only', f1[0]],
    ['Simple mix', f1[1]],
  ]);

  await run('predict', '--model', 'runs/simple-mix-seed-0', '--in', 'test.jsonl', '--out', 'predicted.jsonl');
  const scored = await run<Scores>('score', 'test.jsonl', 'predicted.jsonl');
  expect(scored.default.micro.f1).toBeGreaterThan(0.02);
  // The strict reading differs: what is written are entities, no longer the model's tags with their slips.
  expect(scored.default).toEqual(runs[1]!.scores.test.default);
});
