import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeData } from '../../src/data/formats/write.ts';
import type { Sentence } from '../../src/data/types.ts';
import { tinySentences } from '../support/tinyData.ts';
import { layTinyFiles, vermeil, workFolder } from './support/vermeil.ts';

const work = workFolder();
const tiny = [
  '--checkpoint',
  'bert',
  '--batch',
  '4',
  '--lr',
  '5e-3',
  '--epochs-gold',
  '12',
  '--max-pieces',
  '32',
  '--device',
  'cpu',
];

/** Twenty-four sentences, each once; the seventh lacks its place, the twelfth calls its person a place. */
const sentences: Sentence[] = tinySentences(0, 24).map((sentence, i) => {
  const [person, ...places] = sentence.spans!;
  if (i === 6) return { ...sentence, spans: [person!] };
  return i === 11 ? { ...sentence, spans: [{ ...person!, label: 'LOC' }, ...places] } : sentence;
});

beforeAll(() => {
  layTinyFiles(work.path);
  writeFileSync(join(work.path, 'doubtful.jsonl'), writeData('jsonl', sentences));
});
afterAll(() => {
  work.remove();
});

it('finds labels that were planted wrong, and leaves the file as it is', async () => {
  const before = readFileSync(join(work.path, 'doubtful.jsonl'), 'utf8');
  const words = ['--folds', '3', '--seed', '0,1,2', '--out', 'review.jsonl', '--json'];
  const { code, stdout, stderr } = await vermeil(work.path, 'folds', 'doubtful.jsonl', ...tiny, ...words);
  expect([code, stderr]).toEqual([0, expect.stringContaining('fold model')]);
  const { disputed, f1, ...rest } = JSON.parse(stdout) as {
    f1: number;
    disputed: { id: string; entities: { label: string; by: string; votes: number; text: string }[] }[];
  };
  expect(rest).toEqual({ sentences: 24, folds: 3, seeds: [0, 1, 2] });
  expect(f1).toBeGreaterThan(0.8);
  expect(disputed.map(({ id }) => id)).toEqual(expect.arrayContaining(['6', '11']));
  expect(disputed.length).toBeLessThan(6);
  const place = sentences[6]!.text.split(' ').at(-2);
  expect(disputed.find(({ id }) => id === '6')!.entities).toContainEqual(
    expect.objectContaining({ label: 'LOC', by: 'models', text: place }),
  );
  expect(disputed.find(({ id }) => id === '11')!.entities.map(({ label, by }) => [label, by])).toEqual([
    ['LOC', 'label'],
    ['PER', 'models'],
  ]);
  expect(readFileSync(join(work.path, 'doubtful.jsonl'), 'utf8')).toBe(before);
  const review = readFileSync(join(work.path, 'review.jsonl'), 'utf8').trim().split('\n');
  const written = review.map((line) => JSON.parse(line) as { id: string; spans: unknown; meta: { disputed: string } });
  expect(written.map(({ id }) => id)).toEqual(disputed.map(({ id }) => id));
  const wrong = written.find(({ id }) => id === '11')!;
  expect(wrong.spans).toEqual(sentences[11]!.spans);
  expect(wrong.meta.disputed).toMatch(
    /^LOC “Carla”: labelled, not found by [23] of 3; PER “Carla”: not labelled, found by/,
  );
});

it('refuses more folds than sentences', async () => {
  const { code, stderr } = await vermeil(work.path, 'folds', 'doubtful.jsonl', '--folds', '50');
  expect(code).toBe(2);
  expect(stderr).toContain('--folds 50 does not do.\nThere are only 24 different sentences.');
});
