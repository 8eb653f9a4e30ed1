import type { Sentence } from '../../src/data/types.ts';
import { wordsOf } from '../../src/data/words.ts';
import { defaultConfig, type RunConfig } from '../../src/run/config.ts';
import type { RunData, TrainRequest } from '../../src/worker/protocol.ts';

const [people, verbs, places] = [
  ['Anna', 'Ben', 'Carla'],
  ['sings in', 'lives in', 'works at', 'sings with Ben in'],
  ['Paris', 'Rome', 'Oslo', 'the old town'],
];

/** Labelled sentences out of a few names and places, the same for the same numbers. */
export function tinySentences(first: number, count: number): Sentence[] {
  return Array.from({ length: count }, (_, i) => {
    const n = first + i;
    const [person, verb, place] = [people[n % 3]!, verbs[(n >> 1) % 4]!, places[(n * 7) % 4]!];
    const text = `${person} ${verb} ${place} .`;
    const start = text.length - place.length - 2;
    const spans = [{ start: 0, end: person.length, label: 'PER' }];
    if (place !== 'the old town') spans.push({ start, end: start + place.length, label: 'LOC' });
    return { id: String(n), text, words: wordsOf(text), spans };
  });
}

export const tinyData: RunData = {
  silver: tinySentences(0, 12),
  gold: tinySentences(12, 8),
  dev: tinySentences(20, 4),
  test: tinySentences(24, 6),
};

/** 3 silver steps of 4 sentences and 2 × 2 gold ones; dropout on, dev scored after each pass, the best kept. */
export const tinyConfig: RunConfig = {
  ...defaultConfig,
  epochsSilver: 1,
  epochsGold: 2,
  batchSize: 4,
  learningRate: 5e-3,
  maxPieces: 16,
  keepBest: true,
};

export function tinyRequest(runId: string, checkpointUrl: string, change: Partial<TrainRequest> = {}): TrainRequest {
  return {
    runId,
    name: `Run ${runId}`,
    config: tinyConfig,
    checkpointUrl,
    data: tinyData,
    datasets: { silver: ['s'], gold: ['g'], dev: ['d'], test: ['t'] },
    notice: 'Nobody labelled this.',
    device: null,
    resume: false,
    ...change,
  };
}
