import { describe, expect, test } from 'vitest';
import { overlaps } from '../../../../src/data/authors.ts';
import { readData } from '../../../../src/data/formats/read.ts';
import type { Sentence } from '../../../../src/data/types.ts';
import { wordsOf } from '../../../../src/data/words.ts';
import { readAnswers } from '../../../../src/llm/answerFile.ts';
import { groundAnswers } from '../../../../src/llm/groundAnswers.ts';
import { recorded } from '../../../../src/llm/providers/recorded.ts';
import { simulated } from '../../../../src/llm/providers/simulated.ts';
import { countTeacherMistakes } from '../../../../src/llm/simulate/mistakeCounts.ts';
import { measured, presetOf, simulationPresets } from '../../../../src/llm/simulate/presets.ts';
import { ratesOf, type MistakeRates } from '../../../../src/llm/simulate/rates.ts';
import { simulate } from '../../../../src/llm/simulate/simulate.ts';
import { readSampleFile } from '../support/sampleFile.ts';

const goldOf = (part: string) =>
  readData(part, new TextEncoder().encode(readSampleFile(`gold-${part}.jsonl`)), 'jsonl').sentences;
const train = goldOf('train');
const all = [...train, ...goldOf('dev'), ...goldOf('test')];
const noisy = simulationPresets.find(({ id }) => id === 'noisy')!;
const preset = (rates: MistakeRates) => ({ id: 'x', name: 'x', source: '', rates });

test('the presets are what the sample’s recorded answers give', () => {
  for (const name of ['standard', 'cot'] as const) {
    const { sentences } = groundAnswers(train, readAnswers(readSampleFile(`answers-${name}.jsonl`)).answers);
    expect(countTeacherMistakes(train, sentences)).toEqual(measured[name]);
  }
});

describe('realised rates', () => {
  /** Mistakes over several seeds of the 700 gold sentences, as `mistakesOf` finds them. */
  const realised = (rates: MistakeRates, seeds: number) => {
    const totals = { sentences: 0, gold: 0, missed: 0, boundary: 0, label: 0, both: 0, spurious: 0 };
    const sum = (record: Readonly<Record<string, number>>) => Object.values(record).reduce((a, b) => a + b, 0);
    for (let seed = 0; seed < seeds; seed++) {
      const { sentences, labels } = countTeacherMistakes(all, simulate(all, preset(rates), seed));
      totals.sentences += sentences;
      for (const counts of Object.values(labels)) {
        totals.gold += counts.gold;
        totals.missed += counts.missed;
        totals.boundary += counts.boundary;
        totals.label += sum(counts.label);
        totals.both += sum(counts.both);
        totals.spurious += counts.spurious;
      }
    }
    return totals;
  };
  /** Within four standard errors of a share of n. */
  const near = (count: number, n: number, rate: number) =>
    expect(Math.abs(count - n * rate)).toBeLessThan(4 * Math.sqrt(n * rate * (1 - Math.min(rate, 0.99))) + 1);

  test('of the noisy preset, of every kind', () => {
    const { other } = noisy.rates;
    const found = realised(noisy.rates, 6);
    expect(found.gold).toBeGreaterThan(4_000);
    near(found.missed, found.gold, other.missed);
    near(found.boundary, found.gold, other.boundary);
    near(found.label, found.gold, other.label['*']!);
    near(found.both, found.gold, other.both['*']!);
    near(found.spurious, found.sentences, 4 * other.spurious); // of each of four labels
  });

  test('of one label alone, and to the label that it is taken for', () => {
    const quiet = { missed: 0, boundary: 0, label: {}, both: {}, spurious: 0 };
    const rates = { labels: { LOC: { ...quiet, label: { ORG: 0.3 } } }, other: quiet };
    const { labels } = countTeacherMistakes(all, simulate(all, preset(rates), 0));
    near(labels['LOC']!.label['ORG']!, labels['LOC']!.gold, 0.3);
    expect(labels['LOC']).toMatchObject({ missed: 0, boundary: 0, both: {} });
    expect(labels['PER']).toMatchObject({ missed: 0, boundary: 0, label: {}, both: {}, spurious: 0 });
  });

  test('of a measured teacher, counted again', () => {
    const counts = countTeacherMistakes(all, simulate(all, noisy, 1));
    const found = realised(ratesOf(counts), 4);
    const missed = Object.values(counts.labels).reduce((sum, label) => sum + label.missed, 0);
    near(found.missed, found.gold, missed / (found.gold / 4));
  });
});

describe('rates', () => {
  test('are counts over gold entities, spurious ones over sentences; other labels have the mean', () => {
    const { labels, other } = ratesOf(measured.cot);
    expect(labels['MISC']!.boundary).toBeCloseTo(1 / 71, 12);
    expect(labels['MISC']!.both).toEqual({ ORG: 2 / 71 });
    expect(labels['MISC']!.spurious).toBeCloseTo(3 / 200, 12);
    expect(other.label).toEqual({ '*': 1 / 237 });
    expect(other.spurious).toBeCloseTo(4 / 200 / 4, 12);
  });
  test('times a factor, never so often that nothing is right', () => {
    const { labels } = ratesOf({ ...measured.cot, labels: { A: { ...measured.cot.labels['MISC']!, gold: 10 } } }, 50);
    const { missed, boundary, label, both } = labels['A']!;
    const wrong = missed + boundary + [...Object.values(label), ...Object.values(both)].reduce((a, b) => a + b, 0);
    expect(wrong).toBeCloseTo(0.95, 12);
    expect(both['ORG']! / boundary).toBeCloseTo(2, 12);
  });
  test('of one’s own teacher name their source', () => {
    expect(presetOf(measured.cot, 'm', 2).source).toBe(
      'Measured on 200 sentences answered by m, each 2 times as often.',
    );
  });
});

describe('what is simulated', () => {
  const found = simulate(all, noisy, 0);
  test('says so, in author and metadata', () => {
    for (const { authors, meta } of found) {
      expect(authors?.all).toEqual({ kind: 'teacher', name: 'simulated: a noisy teacher', version: 1 });
      expect(meta?.['simulated']).toBe('noisy, seed 0, sample 0');
    }
  });
  test('follows the seed and the sentence alone', () => {
    expect(simulate(all, noisy, 0)).toEqual(found);
    expect(simulate(all, noisy, 1)).not.toEqual(found);
    expect(simulate(all, noisy, 0, 1)).not.toEqual(found);
    const some = [...all].reverse().filter((_, i) => i % 3 === 0);
    const byId = new Map(found.map((sentence) => [sentence.id, sentence.spans]));
    for (const { id, spans } of simulate(some, noisy, 0)) expect(spans).toEqual(byId.get(id));
  });
  test('overlaps nothing, covers whole words, and is in order', () => {
    for (const { spans, words } of found) {
      const list = spans ?? [];
      list.forEach((span, i) => {
        expect(list.slice(i + 1).some((other) => overlaps(other, span))).toBe(false);
        expect(i === 0 || span.start > list[i - 1]!.start).toBe(true);
        expect(words.some(({ start }) => start === span.start)).toBe(true);
        expect(words.some(({ end }) => end === span.end)).toBe(true);
      });
    }
  });
  test('leaves unlabelled sentences as they are', () => {
    const open: Sentence = { id: 'u', text: 'x', words: wordsOf('x'), spans: null };
    expect(simulate([open], noisy, 0)).toEqual([open]);
  });
  test('with one label there is no wrong one', () => {
    const one = all.map((sentence) => ({ ...sentence, spans: sentence.spans!.filter(({ label }) => label === 'PER') }));
    const labels = new Set(simulate(one, noisy, 0).flatMap(({ spans }) => spans!.map(({ label }) => label)));
    expect([...labels]).toEqual(['PER']);
  });
});

const prompt = { system: '', user: '', hash: '', structured: null };
const { signal } = new AbortController();

test('the simulated teacher answers as a language model would, and its answers ground', async () => {
  const teacher = simulated.createTeacher({ gold: train, preset: noisy, seed: 0 });
  const answers = await Promise.all(
    train.map(async ({ id }, line) => {
      const reply = await teacher.ask({ sentenceId: id, sample: 0, prompt }, signal);
      if (!reply.ok) throw new Error('no answer');
      expect(reply.answer.model).toBe('simulated: noisy');
      return { id, response: reply.answer.text, line };
    }),
  );
  const { statuses, sentences } = groundAnswers(train, answers);
  const wanted = simulate(all, noisy, 0).slice(0, train.length);
  expect(statuses.exact).toBe(wanted.reduce((sum, { spans }) => sum + spans!.length, 0));
  const texts = (list: readonly Sentence[]) =>
    list.map(({ text, spans }) => spans!.map(({ start, end, label }) => `${text.slice(start, end)} ${label}`));
  expect(texts(sentences)).toEqual(texts(wanted));
  const unknown = await teacher.ask({ sentenceId: 'nobody', sample: 0, prompt }, signal);
  expect(unknown).toMatchObject({ ok: false, failure: { code: 'teacher-silent', detail: { sentence: 'nobody' } } });
  await expect(async () =>
    teacher.ask({ sentenceId: train[0]!.id, sample: 0, prompt }, AbortSignal.abort()),
  ).rejects.toThrow();
});

test('the recorded teacher replays answers by sentence and sample', async () => {
  const teacher = recorded.createTeacher({
    answers: [
      { id: 'a', response: 'first', line: 1 },
      { id: 'a', response: 'again', line: 2 },
      { id: 'a', response: 'second', sample: 1, finish: 'cut-off', line: 3 },
    ],
  });
  const ask = async (sentenceId: string, sample: number) => {
    const reply = await teacher.ask({ sentenceId, sample, prompt }, signal);
    return reply.ok ? [reply.answer.text, reply.answer.finish] : reply.failure.code;
  };
  expect(await ask('a', 0)).toEqual(['first', 'complete']);
  expect(await ask('a', 1)).toEqual(['second', 'cut-off']);
  expect(await ask('b', 0)).toBe('teacher-silent');
});
