import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layTinyFiles, vermeil, workFolder } from './support/vermeil.ts';

const work = workFolder();
const at = (name: string) => join(work.path, name);
const run = (...words: string[]) => vermeil(work.path, ...words);

const small = ['--checkpoint', 'bert', '--max-pieces', '32', '--steps', '2', '--batch', '4', '--device', 'wasm'];
const train = (...words: string[]) => run('train', '--gold', 'gold.conll', ...small, ...words);

beforeAll(() => {
  layTinyFiles(work.path);
  mkdirSync(at('folder'));
  writeFileSync(at('empty.conll'), '');
  cpSync(at('gold.conll'), at('same.conll'));
});
afterAll(() => {
  work.remove();
});

test('what cannot be read or written is named, with the next step, and nothing is made of it', async () => {
  const files = ['--gold', 'gold.conll'];
  const cases: readonly (readonly [readonly string[], string, string])[] = [
    [['train', '--gold', 'folder'], 'folder cannot be read or written: it is a folder.', 'Name a file in it.'],
    [['train', '--gold', 'empty.conll'], 'empty.conll holds no sentence that can be used.', 'Look into the file'],
    [
      ['train', ...files, '--checkpoint', 'folder'],
      'folder cannot be read or written: it is not the folder of a model, which has a config.json.',
      'Name a folder of a BERT',
    ],
    [['train', ...files, '--config', 'gold.conll'], 'gold.conll cannot be read or written: it is not JSON', 'Mend the'],
    [
      ['train', ...files, ...small, '--out', 'test.jsonl'],
      'test.jsonl/experiment.json cannot be read or written: a file stands where a folder has to be.',
      'Name another place.',
    ],
    [['convert', 'gold.conll', 'folder'], 'folder cannot be read or written: it is a folder.', 'Name another place.'],
    [['compare', 'gold.conll'], 'gold.conll cannot be read or written: it is no folder.', 'Name a folder.'],
    [
      ['predict', '--model', 'folder', '--in', 'test.jsonl'],
      'no model is in it',
      'Name the folder of a trained model.',
    ],
  ];
  for (const [words, what, next] of cases) {
    const { code, stderr, stdout } = await run(...words);
    expect(stderr, words.join(' ')).toContain(what);
    expect(stderr, words.join(' ')).toContain(`\n${next}`);
    expect([words.join(' '), code, stdout]).toEqual([words.join(' '), 1, '']);
  }
});

test('a file that is given twice is told, whatever its name', async () => {
  const { code, stderr } = await train('--gold', 'gold.conll', '--dev', 'same.conll');
  expect(code).toBe(0);
  expect(stderr).toContain(`warning: ${at('gold.conll')} is given twice as gold`);
  expect(stderr).toContain(
    `${at('gold.conll')} and ${at('same.conll')} are the same, and are given as gold and as dev`,
  );
});

test('a number that does not do is told by its option and range, without words of the file of settings', async () => {
  const { code, stderr } = await run('train', '--gold', 'gold.conll', '--steps', '0');
  expect(code).toBe(2);
  expect(stderr).toBe(
    'vermeil: --steps 0 does not do.\nIt must be a whole number from 2 to 10000000, or left out (by passes).\n',
  );
});

test('a run that cannot begin leaves its folder free', async () => {
  const words = ['--checkpoint', 'bert', '--steps', '2', '--device', 'wasm', '--out', 'runs'];
  const { code, stderr } = await run('train', '--gold', 'gold.conll', ...words); // windows of 128 pieces
  expect([code, existsSync(at('runs/experiment.json'))]).toEqual([1, false]);
  expect(stderr).toContain('the model reads at most 32');
  expect((await train('--out', 'runs')).code).toBe(0);
  expect(existsSync(at('runs/gold-only-seed-0/record.json'))).toBe(true);
});
