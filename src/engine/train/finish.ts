import type * as tf from '@tensorflow/tfjs-core';
import type { Sampler } from '../../blend/sampler.ts';
import { seenOf } from '../../blend/seen.ts';
import type { Predictions } from '../../eval/compare/predictions.ts';
import type { Scores } from '../../eval/scores.ts';
import { tagIdsOf } from '../../data/bio.ts';
import { documentOf } from '../../data/documents.ts';
import type { Sentence } from '../../data/types.ts';
import { sourceDigests } from '../../run/dataDigest.ts';
import type { RunRecord, TrainEvent } from '../../run/events.ts';
import { fullTable, toWeights, wordTable } from '../model/parameters.ts';
import type { TrainedModel } from '../model/trained.ts';
import { predictWords } from '../predict.ts';
import { scorePredictions } from './evaluate.ts';
import type { Prepared } from './prepare.ts';
import type { RunState } from './runState.ts';
import type { TrainInput } from './train.ts';

/** Chooses the final parameters, scores dev and test with them, and tells the record. */
export async function* finish(
  input: TrainInput,
  prepared: Prepared,
  state: RunState,
  sampler: Sampler,
): AsyncGenerator<TrainEvent, TrainedModel> {
  const useBest = input.config.keepBest && state.best !== null;
  const chosen: ReadonlyMap<string, tf.Tensor> =
    useBest && state.best !== null ? state.best : state.optimizer.parameters();
  const model = await trainedModel(input, prepared, chosen, useBest ? state.bestShrink : state.shrink);
  const seconds = state.seconds;
  const { dev, test } = input.data;
  const scores: { dev?: Scores; test?: Scores } = {};
  if (dev.length > 0) scores.dev = scorePredictions(dev, await predictWords(model, input.tokenizer, dev), model.tags);
  const found = test.length > 0 ? await predictWords(model, input.tokenizer, test) : null;
  if (found !== null) scores.test = scorePredictions(test, found, model.tags);
  const passes = sampler.state();
  const both = passes.both?.passes ?? 0;
  const record: RunRecord = {
    config: input.config,
    digests: { data: prepared.key.data, checkpoint: prepared.key.checkpoint, sources: sourceDigests(input.data) },
    appVersion: input.appVersion,
    device: { name: input.device.name, adapter: input.device.adapter },
    engine: state.choices,
    peakBytes: state.peakBytes,
    steps: state.step,
    tokens: state.tokens,
    seconds,
    curve: state.curve,
    dev: state.dev,
    selection: useBest ? 'best-on-dev' : 'last',
    repeats: { silver: (passes.silver?.passes ?? 0) + both, gold: (passes.gold?.passes ?? 0) + both },
    seen: seenOf(passes, { silver: prepared.silver.length, gold: prepared.gold.length }),
    ...(state.stages !== null && { stages: state.stages.done(state.plans) }),
    why: state.watch?.why() ?? null,
    scores,
  };
  yield { kind: 'finished', record, predictions: found === null ? null : predictionsOf(model.tags, test, found) };
  return model;
}

async function trainedModel(
  { checkpoint, config }: TrainInput,
  { bert, tags, pieceIds }: Prepared,
  parameters: ReadonlyMap<string, tf.Tensor>,
  shrink: number,
): Promise<TrainedModel> {
  const weights = await toWeights(parameters);
  const [before, trained] = [checkpoint.weights.get(wordTable), weights.get(wordTable)];
  if (before !== undefined && trained !== undefined) {
    weights.set(wordTable, fullTable(before, trained.values, pieceIds, shrink));
  }
  return { config: bert, tags, weights, tokenizerFiles: checkpoint.tokenizerFiles, maxPieces: config.maxPieces };
}

function predictionsOf(
  tags: readonly string[],
  sentences: readonly Sentence[],
  found: readonly Int32Array[],
): Predictions {
  return {
    version: 1,
    tags,
    sentences: sentences.map((sentence, i) => ({
      id: sentence.id,
      document: documentOf(sentence),
      gold: [...tagIdsOf(sentence, tags)],
      predicted: [...found[i]!],
    })),
  };
}
