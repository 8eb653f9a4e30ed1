import { scoresOf } from '../../src/eval/scores.ts';
import { defaultConfig, type RunConfig } from '../../src/run/config.ts';
import type { RunRecord } from '../../src/run/events.ts';
import type { FinishedRun } from '../../src/run/experiment/table.ts';

/** A finished run on `size` test sentences of one entity each, of which the first `right` are found and no others. */
export function finishedRun(
  change: Partial<RunConfig>,
  right: number,
  size = 60,
  record: Partial<RunRecord> = {},
): FinishedRun {
  const tags = ['O', 'B-PER', 'I-PER'];
  const sentences = Array.from({ length: size }, (_, i) => ({
    id: String(i),
    document: null,
    gold: [1, 2, 0],
    predicted: i < right ? [1, 2, 0] : [0, 0, 1],
  }));
  const names = (numbers: readonly number[]) => numbers.map((n) => tags[n]!);
  const test = scoresOf(
    sentences.map(({ gold }) => names(gold)),
    sentences.map(({ predicted }) => names(predicted)),
  );
  return {
    record: {
      config: { ...defaultConfig, ...change },
      digests: { data: 'd', checkpoint: 'c' },
      appVersion: '0',
      device: { name: 'wasm', adapter: '' },
      engine: { adapter: '', microBatchTokens: 4096, shaders: null, recompute: false },
      steps: 10,
      tokens: 300,
      seconds: 4,
      curve: [],
      dev: [],
      selection: 'last',
      repeats: { silver: 2, gold: 4 },
      seen: { silver: { drawn: 20, unique: 10 }, gold: { drawn: 24, unique: 6 } },
      scores: { test },
      ...record,
    },
    predictions: { version: 1, tags, sentences },
  };
}
