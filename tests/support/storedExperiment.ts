import { createRandom, type Random } from '../../src/core/random.ts';
import { tagIdsOf } from '../../src/data/bio.ts';
import type { Sentence } from '../../src/data/types.ts';
import { scoresOf } from '../../src/eval/scores.ts';
import type { Predictions } from '../../src/eval/compare/predictions.ts';
import { defaultConfig, type RunConfig } from '../../src/run/config.ts';
import { dataDigest } from '../../src/run/dataDigest.ts';
import type { RunRecord, TrainPoint } from '../../src/run/events.ts';
import { variantName } from '../../src/run/experiment/variant.ts';
import type { WhyPoint } from '../../src/run/why.ts';
import { countsOf } from '../../src/storage/datasets.ts';
import type { StoredRun } from '../../src/storage/runs.ts';
import { tinySentences } from './tinyData.ts';

/** One way of training, as if it had been trained: `right` is the chance of finding an entity. */
interface Way {
  readonly config: Partial<RunConfig>;
  readonly right: number;
  readonly steps: number;
  readonly silverSteps: number;
}

/** The ways of the paper's recipe. The numbers are made up; gold only is the worst, and simple mix the best. */
const ways: readonly Way[] = [
  { config: { regimen: 'gold-only' }, right: 0.62, steps: 60, silverSteps: 0 },
  { config: { regimen: 'silver-only' }, right: 0.74, steps: 60, silverSteps: 60 },
  { config: { regimen: 'simple-mix' }, right: 0.84, steps: 120, silverSteps: 60 },
  { config: { regimen: 'gold-then-silver' }, right: 0.76, steps: 120, silverSteps: 60 },
  { config: { regimen: 'pooled' }, right: 0.79, steps: 120, silverSteps: 60 },
  { config: { regimen: 'blend', schedule: 'sigmoid' }, right: 0.82, steps: 120, silverSteps: 60 },
  { config: { regimen: 'blend', schedule: 'power' }, right: 0.83, steps: 120, silverSteps: 60 },
];

const tags = ['O', 'B-LOC', 'I-LOC', 'B-PER', 'I-PER'];

/** Records by the name of their store. */
export type StoredThings = Readonly<
  Record<'datasets' | 'sentences' | 'runs' | 'predictions' | 'experiments', readonly object[]>
>;

/** An experiment of `seeds` seeds a way that has ended, with the data, as they stand in storage. */
export function storedExperiment(seeds: number, chosen = ways.length): StoredThings {
  const data = {
    // A teacher that overlooks every third place.
    silver: tinySentences(0, 60).map((s, i) => (i % 3 === 0 ? { ...s, spans: s.spans?.slice(0, 1) ?? null } : s)),
    gold: tinySentences(60, 24),
    dev: tinySentences(84, 20),
    test: tinySentences(104, 120).map((s, i) => ({ ...s, id: `t${String(i)}`, text: `${s.text} (${String(i)})` })),
  };
  const digests = { data: dataDigest(data), checkpoint: 'c0ffee' };
  const runs = Array.from({ length: seeds }, (_, seed) =>
    ways
      .slice(0, chosen)
      .map((way, i) => oneRun(way, seed, data.test, digests, 1_700_000_000_000 + 60_000 * (seed * 7 + i))),
  ).flat();
  const sets = Object.entries(data).map(([role, sentences], i) => {
    const id = `set-${role}`;
    const source = { fileName: `${role}.jsonl`, format: 'jsonl' };
    const dataset = { id, name: `tiny ${role}`, role, counts: countsOf(sentences), findings: [], notice: '', source };
    return { dataset: { ...dataset, createdMs: i + 1 }, chunk: { datasetId: id, chunk: 0, sentences } };
  });
  const planned = runs.map(({ run: { id: runId } }, place) => ({ runId, place, held: false, tries: 0, triedAt: 0 }));
  const experiment = { id: 'recipe', name: 'Paper recipe', budget: 'free', runs: planned, createdMs: 1 };
  return {
    datasets: sets.map(({ dataset }) => dataset),
    sentences: sets.map(({ chunk }) => chunk),
    runs: runs.map(({ run }) => run),
    predictions: runs.map(({ run: { id: runId }, predictions }) => ({ runId, predictions })),
    experiments: seeds * chosen > 1 ? [experiment] : [],
  };
}

function oneRun(way: Way, seed: number, test: readonly Sentence[], digests: RunRecord['digests'], createdMs: number) {
  const config: RunConfig = { ...defaultConfig, ...way.config, seed };
  const random = createRandom(seed, variantName(config));
  const predictions = predictionsOf(way.right, test, random);
  const names = (numbers: readonly number[]) => numbers.map((tag) => tags[tag]!);
  const scores = scoresOf(
    predictions.sentences.map(({ gold }) => names(gold)),
    predictions.sentences.map(({ predicted }) => names(predicted)),
  );
  const goldSteps = way.steps - way.silverSteps;
  const record: RunRecord = {
    ...{ config, digests, appVersion: '0', device: { name: 'wasm', adapter: '8 threads' } },
    engine: { adapter: '', microBatchTokens: 4096, shaders: null, recompute: false },
    ...{ steps: way.steps, tokens: way.steps * 300, seconds: way.steps * 0.4 + seed, selection: 'last' },
    ...{ curve: curveOf(way, random), dev: devOf(way, random) },
    repeats: { silver: Math.ceil(way.silverSteps / 4), gold: Math.ceil(goldSteps / 2) },
    seen: {
      silver: { drawn: way.silverSteps * 16, unique: way.silverSteps === 0 ? 0 : 60 },
      gold: { drawn: goldSteps * 16, unique: goldSteps === 0 ? 0 : 24 },
    },
    scores: { test: scores },
    why: { reference: 'dev', sentences: 40, shared: 40, differing: 12, points: whyOf(way, random) },
  };
  const id = `run-${variantName(config)}-${String(seed)}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const run: StoredRun = {
    ...{ id, name: `${variantName(config)}, seed ${String(seed)}`, config, status: 'finished' },
    datasets: { silver: ['set-silver'], gold: ['set-gold'], dev: ['set-dev'], test: ['set-test'] },
    ...{ checkpointUrl: 'models/tiny/', notice: '', device: record.device, steps: way.steps, step: way.steps },
    ...{ stages: [], curve: record.curve, dev: record.dev, record, modelKept: false, error: null },
    ...{ log: [], tags: [], notes: '', pinned: false, createdMs, updatedMs: createdMs },
  };
  return { run, predictions };
}

/** Entities are found whole, under the other label, or not at all. */
function predictionsOf(right: number, test: readonly Sentence[], random: Random): Predictions {
  const sentences = test.map((sentence) => {
    const gold = [...tagIdsOf(sentence, tags)];
    let way = 0;
    const predicted = gold.map((tag) => {
      if (tag === 1 || tag === 3) way = random.next() < right ? 0 : random.next() < 0.4 ? 1 : 2;
      if (tag === 0 || way === 0) return tag;
      return way === 1 ? ((tag + 1) % 4) + 1 : 0;
    });
    return { id: sentence.id, document: null, gold, predicted };
  });
  return { version: 1, tags, sentences };
}

function curveOf({ config, steps, silverSteps }: Way, random: Random): TrainPoint[] {
  return Array.from({ length: steps }, (_, i) => {
    const progress = (i + 1) / steps;
    const staged = config.regimen === 'gold-then-silver' ? i >= steps - silverSteps : i < silverSteps;
    const share = config.regimen === 'blend' ? 1 - progress : config.regimen === 'pooled' ? 0.7 : Number(staged);
    const drawn = Math.round(16 * share) / 16;
    const loss = 1.6 * Math.exp(-4 * progress) + 0.1 * random.next();
    return { step: i + 1, loss, learningRate: 3e-4 * (1 - progress), gradNorm: 1, silverShare: drawn };
  });
}

function devOf({ right, steps }: Way, random: Random): RunRecord['dev'] {
  return Array.from({ length: 6 }, (_, i) => {
    const f1 = right * (1 - Math.exp(-0.6 * (i + 1))) + 0.02 * random.next();
    return { step: ((i + 1) * steps) / 6, f1, best: i === 5, labels: { PER: f1, LOC: 0.8 * f1 } };
  });
}

function whyOf({ steps, silverSteps, right }: Way, random: Random): WhyPoint[] {
  const end = silverSteps > 0 && silverSteps < steps ? silverSteps : -1;
  return Array.from({ length: 6 }, (_, i): WhyPoint => {
    const step = ((i + 1) * steps) / 6;
    const repeated = (of: number) => ({ n: Math.round(of * (step <= end ? 0.8 : 0.35) + random.next()), of });
    return {
      ...{ step, stage: step <= end ? 0 : 1, stageEnd: step === end || step === steps },
      loss: { gold: 1.2 * Math.exp(-i / 2) + 1 - right, silver: 0.9 * Math.exp(-i / 2) + 0.2 },
      repeated: { invented: repeated(14), missed: repeated(18) },
      undone: end === -1 || step <= end ? null : { right: { n: 2, of: 60 }, wrong: { n: 9, of: 17 } },
    };
  });
}
