import type * as tf from '@tensorflow/tfjs-core';
import { AppError } from '../../core/errors.ts';
import type { EngineChoices } from '../../run/events.ts';
import { encoderShapes } from '../checkpoint/weights.ts';
import { tunedInMemory } from '../tune/memory.ts';
import { compactTable, newHead, toTensors, wordTable, type Tensor32 } from '../model/parameters.ts';
import { choose } from './choices.ts';
import { Optimizer } from './optimizer.ts';
import { firstStageKey, type Prepared } from './prepare.ts';
import { readSnapshot, restoreTensors, type Progress } from './snapshot.ts';
import type { TrainInput } from './train.ts';
import { nothingWatched } from './watchFile.ts';

/** Where a run begins: at the checkpoint, at a snapshot of its own, or behind a first stage that another run trained. */
export interface Beginning {
  readonly optimizer: Optimizer;
  readonly best: Map<string, tf.Tensor> | null;
  readonly progress: Progress;
  readonly choices: EngineChoices;
}

const noProgress: Progress = {
  step: 0,
  stage: 0,
  stageStep: 0,
  t: 0,
  tokens: 0,
  peakBytes: 0,
  seconds: 0,
  shrink: 1,
  sampler: {},
  curve: [],
  dev: [],
  waited: 0,
  bestF1: null,
  bestShrink: 1,
  stages: [],
  watch: nothingWatched,
};

/**
 * Chooses how the device works and puts parameters and moments on it. Rejects with `snapshot-damaged` or `snapshot-mismatch`
 * before any tensor is made.
 */
export async function begin(input: TrainInput, prepared: Prepared, now: () => number): Promise<Beginning> {
  const { config, snapshot, firstStage } = input;
  const settings = { weightDecay: config.weightDecay, clipNorm: config.clipNorm };
  const chooseFor = (before: EngineChoices | null) =>
    choose(
      {
        bert: prepared.bert,
        words: prepared.pieceIds.length,
        tags: prepared.tags.length,
        maxPieces: config.maxPieces,
        device: input.device,
        precision: config.precision,
        batchRows: meanTokens(prepared) * config.batchSize,
        tuned: input.tuned ?? tunedHere,
        now,
      },
      before,
    );
  const bytes = snapshot ?? firstStage;
  if (bytes === undefined) {
    const choices = await chooseFor(input.choices ?? null);
    const optimizer = Optimizer.fresh(toTensors(firstWeights(input, prepared)), settings);
    return { optimizer, best: null, progress: noProgress, choices };
  }
  const found =
    snapshot === undefined
      ? readSnapshot(bytes, firstStageKey(prepared), true)
      : readSnapshot(bytes, prepared.key, false);
  const names = [...encoderShapes(prepared.bert).keys(), 'classifier.weight', 'classifier.bias'];
  const choices = await chooseFor(found.engine);
  const { states, best } = restoreTensors(found, names);
  const optimizer = new Optimizer(states, settings, found.progress.t);
  return { optimizer, best, progress: found.progress, choices };
}

/** What was timed for runs that were given no store of their own. */
const tunedHere = tunedInMemory();

/** Pieces of a training sentence on the average. */
function meanTokens({ silver, gold }: Prepared): number {
  const lengths = [...silver, ...gold].map((windows) => windows.reduce((sum, { ids }) => sum + ids.length, 0));
  return lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
}

/** The checkpoint's encoder with the compact word table, and a new head. */
function firstWeights({ config, checkpoint }: TrainInput, { bert, tags, pieceIds }: Prepared): Map<string, Tensor32> {
  const weights = new Map([...checkpoint.weights].filter(([name]) => !name.startsWith('classifier.')));
  weights.set(wordTable, compactTable(wordTableOf(checkpoint.weights), pieceIds));
  for (const [name, weight] of newHead(bert, tags.length, config.seed)) weights.set(name, weight);
  return weights;
}

export function wordTableOf(weights: ReadonlyMap<string, Tensor32>): Tensor32 {
  const table = weights.get(wordTable);
  if (table === undefined) {
    const reason = `it has no ${wordTable}`;
    throw new AppError('checkpoint-invalid', reason, { file: 'model.safetensors', reason });
  }
  return table;
}
