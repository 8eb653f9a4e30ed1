import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultsJson } from '../../src/cli/training/results.ts';
import type { Scores } from '../../src/eval/scores.ts';
import { defaultConfig } from '../../src/run/config.ts';
import type { RunRecord } from '../../src/run/events.ts';
import { layTinyFiles, sentencesIn, startVermeil, vermeil, workFolder } from './support/vermeil.ts';

const work = workFolder();
const at = (...parts: string[]) => join(work.path, ...parts);
const text = (...parts: string[]) => readFileSync(at(...parts), 'utf8');
const recordIn = (out: string, run: string) => JSON.parse(text(out, run, 'record.json')) as RunRecord;
const results = (from: string) => JSON.parse(from) as ResultsJson;
const digest = (...parts: string[]) =>
  createHash('sha256')
    .update(readFileSync(at(...parts)))
    .digest('hex');
const data = ['--gold', 'gold.conll', '--silver', 'silver.jsonl', '--test', 'test.jsonl', '--checkpoint', 'bert'];
const tiny = ['--batch', '4', '--lr', '5e-3', '--max-pieces', '32', '--device', 'cpu'];

beforeAll(() => {
  layTinyFiles(work.path);
});
afterAll(() => {
  work.remove();
});

describe('train, predict, score', () => {
  it('trains, labels with the model it wrote, and scores the labels as it did itself', async () => {
    const words = ['--dev', 'dev.conll', '--epochs-silver', '6', '--epochs-gold', '8', '--out', 'round', '--json'];
    const trained = await vermeil(work.path, 'train', ...data, ...tiny, ...words);
    expect(trained.stderr).toContain(
      'data: silver 24 sentences, gold 12 sentences, dev 6 sentences, test 12 sentences',
    );
    expect(trained.code).toBe(0);
    const answer = results(trained.stdout);
    const [first] = answer.runs;
    const test = first?.scores.test;
    if (first === undefined || test === undefined) throw new Error('no scores on test');
    expect(answer.runs).toHaveLength(1);
    // 24 silver sentences in batches of 4, 6 passes; 12 gold ones, 8 passes.
    expect(first).toMatchObject({ regimen: 'simple-mix', seed: 0, device: 'cpu', steps: 6 * 6 + 8 * 3 });
    expect(first.seconds).toBeGreaterThan(0);
    expect(first.tokensPerSecond).toBeGreaterThan(0);
    expect(Object.keys(first.scores)).toEqual(['dev', 'test']);
    const { f1, support } = test.default.micro;
    expect(f1).toBeGreaterThan(0.8);
    expect(support).toBe(12 + 9);
    expect(answer.summary).toEqual([{ name: 'Simple mix', regimen: 'simple-mix', n: 1, f1: { mean: f1, sd: null } }]);
    expect(results(text('round', 'summary.json'))).toEqual(answer);
    expect(readdirSync(at('round', 'simple-mix-seed-0')).sort()).toEqual(['model', 'predictions.json', 'record.json']);
    expect(recordIn('round', 'simple-mix-seed-0').config).toEqual({
      ...defaultConfig,
      epochsSilver: 6,
      epochsGold: 8,
      batchSize: 4,
      learningRate: 5e-3,
      maxPieces: 32,
    });

    const predict = [
      'predict',
      '--model',
      'round/simple-mix-seed-0',
      '--in',
      'test.jsonl',
      '--out',
      'p.jsonl',
      '--json',
    ];
    const labelled = await vermeil(work.path, ...predict);
    expect(labelled.code).toBe(0);
    expect(JSON.parse(labelled.stdout)).toMatchObject({ sentences: 12, out: 'p.jsonl' });
    expect((JSON.parse(labelled.stdout) as { scores: Scores }).scores).toEqual(test);
    const scored = await vermeil(work.path, 'score', 'test.jsonl', 'p.jsonl', '--json');
    expect(scored.code).toBe(0);
    expect(JSON.parse(scored.stdout)).toEqual(test);
  });

  it('labels plain text, a sentence a line or cut out of long lines, to stdout', async () => {
    const predict = ['predict', '--model', 'round/simple-mix-seed-0/model', '--device', 'cpu'];
    writeFileSync(at('letter.txt'), 'Anna lives in Paris .\n\nBen sings with Carla in Rome and works at Oslo .\n');
    const { code, stdout, stderr } = await vermeil(work.path, ...predict, '--in', 'letter.txt');
    expect(code).toBe(0);
    expect(stderr).toContain('letter.txt: read as plain text, a sentence a line');
    const lines = sentencesIn(stdout);
    expect(lines.map(({ id }) => id)).toEqual(['letter-1', 'letter-3']);
    expect(lines[0]?.spans).toContainEqual({ start: 0, end: 4, label: 'PER' });
    writeFileSync(at('essay.txt'), `${'Anna lives in Paris. '.repeat(30)}\n`);
    const cut = await vermeil(work.path, ...predict, '--in', 'essay.txt');
    expect(cut.stderr).toContain('essay.txt: read as plain text, whose long lines were cut into sentences');
    expect(sentencesIn(cut.stdout)).toHaveLength(30);
  });

  it('runs every seed with every regimen, trains a shared first stage once, and gets the same as alone', async () => {
    const words = ['--epochs-silver', '2', '--epochs-gold', '2', '--out', 'many', '--json'];
    const many = await vermeil(
      work.path,
      ...['train', ...data, ...tiny, '--regimen', 'silver-only', 'simple-mix', '--seed', '0,1', ...words],
    );
    expect(many.code).toBe(0);
    const { runs, summary } = results(many.stdout);
    expect(runs.map(({ regimen, seed }) => `${regimen} ${String(seed)}`)).toEqual([
      'silver-only 0',
      'simple-mix 0',
      'silver-only 1',
      'simple-mix 1',
    ]);
    expect(many.stderr).toContain('simple mix, seed 1: takes over the first stage of an earlier run, 12 steps done');
    const [a = NaN, b = NaN] = [runs[1], runs[3]].map((run) => run?.scores.test?.default.micro.f1);
    const f1 = { mean: expect.closeTo((a + b) / 2, 12), sd: expect.closeTo(Math.abs(a - b) / Math.SQRT2, 12) };
    expect(summary[1]).toEqual({ name: 'Simple mix', regimen: 'simple-mix', n: 2, f1 });

    const alone = await vermeil(
      work.path,
      'train',
      ...data,
      ...tiny,
      '--seed',
      '1',
      ...words.slice(0, 4),
      '--out',
      'alone',
    );
    expect(alone.code).toBe(0);
    const model = ['simple-mix-seed-1', 'model', 'model.safetensors'];
    expect(digest('many', ...model)).toBe(digest('alone', ...model));
  });
});

describe('stopping and going on', () => {
  const long = [...data, ...tiny, '--dropout', '0.2', '--steps', '1000'];

  it('saves a snapshot at Ctrl-C, says how to go on, and ends where an uninterrupted run does', async () => {
    const whole = await vermeil(work.path, 'train', ...long, '--out', 'whole');
    expect(whole.code).toBe(0);
    const cut = startVermeil(['train', ...long, '--out', 'cut'], work.path);
    await cut.waitFor(/step 0\/1000/);
    // Some hundred steps take seconds; the line of progress comes too seldom to wait for.
    await setTimeout(300);
    cut.child.kill('SIGINT');
    const { code, stderr, stdout } = await cut.ended;
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/You stopped the run after step \d+\./);
    expect(stderr).toContain('Go on with: vermeil train --resume --out cut');
    expect(readdirSync(at('cut', 'simple-mix-seed-0'))).toEqual(['snapshot.safetensors']);

    const resumed = await vermeil(work.path, 'train', '--resume', '--out', 'cut', '--json');
    expect(resumed.stderr).toMatch(/simple mix, seed 0: goes on from its snapshot, [\d,]+ steps? done/);
    expect(resumed.code).toBe(0);
    expect(results(resumed.stdout).runs[0]).toMatchObject({ steps: 1000, device: 'cpu' });
    const model = ['simple-mix-seed-0', 'model', 'model.safetensors'];
    expect(digest('cut', ...model)).toBe(digest('whole', ...model));
    const curve = (out: string) => recordIn(out, 'simple-mix-seed-0').curve;
    expect(curve('cut')).toEqual(curve('whole'));
    expect(existsSync(at('cut', 'simple-mix-seed-0', 'snapshot.safetensors'))).toBe(false);
  }, 180_000);

  it('skips finished runs, and gives their scores again', async () => {
    const before = results(text('cut', 'summary.json'));
    const again = await vermeil(work.path, 'train', '--resume', '--out', 'cut', '--json');
    expect(again.stderr).toContain('simple mix, seed 0: finished before, left as it is');
    expect(JSON.parse(again.stdout)).toEqual(before);
  });

  it('neither overwrites a folder nor goes on with other settings or other data', async () => {
    const over = await vermeil(work.path, 'train', ...long, '--out', 'cut');
    expect(over.code).toBe(2);
    expect(over.stderr).toContain('cut already holds an experiment.');
    const other = await vermeil(work.path, 'train', '--resume', '--out', 'cut', '--lr', '1e-3');
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('the config is not the same');
    const swapped = await vermeil(work.path, 'train', '--resume', ...long, '--silver', 'dev.conll', '--out', 'cut');
    expect(swapped.stderr).toContain('the silver data is not the same');
  });
});

describe('what cannot be trained', () => {
  it('names the file and the line of what cannot be read, and trains on the rest', async () => {
    const lines = readFileSync(at('silver.jsonl'), 'utf8').trim().split('\n');
    writeFileSync(at('bad.jsonl'), [lines[0], '{"text": "Anna', ...lines.slice(1, 8)].join('\n'));
    const { code, stderr, stdout } = await vermeil(
      work.path,
      ...['train', '--silver', 'bad.jsonl', '--checkpoint', 'bert', ...tiny, '--epochs-silver', '1', '--json'],
    );
    expect(stderr).toContain('bad.jsonl:2: This is not JSON');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      runs: [{ regimen: 'silver-only', steps: 2, scores: {} }],
      summary: [{ name: 'Silver only', regimen: 'silver-only', n: 1, f1: { mean: null, sd: null } }],
    });
  });

  it('takes settings from a file, and options before them', async () => {
    writeFileSync(at('run.json'), JSON.stringify({ regimen: 'gold-only', steps: 5, batchSize: 6, maxPieces: 20 }));
    const words = ['--gold', 'gold.conll', '--checkpoint', 'bert', '--config', 'run.json', '--steps', '4'];
    const { code } = await vermeil(work.path, 'train', ...words, '--device', 'wasm', '--out', 'by-file');
    expect(code).toBe(0);
    const record = recordIn('by-file', 'gold-only-seed-0');
    expect(record.config).toEqual({ ...defaultConfig, regimen: 'gold-only', steps: 4, batchSize: 6, maxPieces: 20 });
    expect(record).toMatchObject({ steps: 4, device: { name: 'wasm' }, selection: 'last' });
  });

  it('says what is missing or wrong', async () => {
    const cases: readonly (readonly [readonly string[], number, string])[] = [
      [['train'], 2, 'There is nothing to train on.'],
      [['train', '--gold', 'none.conll'], 1, 'none.conll is not there.'],
      [['train', ...data, '--batch', '0'], 2, '--batch 0 does not do.'],
      [['train', ...data, '--regimen', 'simple-mxi'], 2, 'Did you mean simple-mix?'],
      [['train', ...data, '--layers', '3', '--device', 'cpu'], 1, 'The model has 2 layers, and 3 were asked for.'],
      [
        ['train', '--silver', 'silver.jsonl', '--regimen', 'simple-mix', '--checkpoint', 'bert', ...tiny],
        1,
        'needs gold sentences',
      ],
    ];
    for (const [words, wanted, sentence] of cases) {
      const { code, stderr, stdout } = await vermeil(work.path, ...words);
      expect(stderr, words.join(' ')).toContain(sentence);
      expect(code, words.join(' ')).toBe(wanted);
      expect(stdout).toBe('');
    }
  });
});
