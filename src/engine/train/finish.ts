import type * as tf from '@tensorflow/tfjs-core';
import type { Sampler } from '../../blend/sampler.ts';
import type { Scores } from '../../eval/scores.ts';
import type { Sentence } from '../../data/types.ts';
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
  if (dev.length > 0) scores.dev = await scoreModel(input, model, dev);
  if (test.length > 0) scores.test = await scoreModel(input, model, test);
  const passes = sampler.state();
  const both = passes.both?.passes ?? 0;
  const record: RunRecord = {
    config: input.config,
    digests: { data: prepared.key.data, checkpoint: prepared.key.checkpoint },
    appVersion: input.appVersion,
    device: { name: input.device.name, adapter: input.device.adapter },
    engine: state.choices,
    steps: state.step,
    tokens: state.tokens,
    seconds,
    curve: state.curve,
    dev: state.dev,
    selection: useBest ? 'best-on-dev' : 'last',
    repeats: { silver: (passes.silver?.passes ?? 0) + both, gold: (passes.gold?.passes ?? 0) + both },
    scores,
  };
  yield { kind: 'finished', record };
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

async function scoreModel(input: TrainInput, model: TrainedModel, sentences: readonly Sentence[]): Promise<Scores> {
  return scorePredictions(sentences, await predictWords(model, input.tokenizer, sentences), model.tags);
}
