import * as tf from '@tensorflow/tfjs-core';
import { spansOfTags } from '../data/bio.ts';
import type { Sentence, Span } from '../data/types.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { compactTable, toTensors, wordTable } from './model/parameters.ts';
import type { TrainedModel } from './model/trained.ts';
import { checkFits, encodeSentence, pieceIdsOfEncoded } from './train/encode.ts';
import { predictTags } from './train/evaluate.ts';

export type PredictProgress = (done: number, total: number) => void;

/** The tag number of every word, on tfjs' present device. Only the word rows that the sentences need go to the device. */
export async function predictWords(
  model: TrainedModel,
  tokenizer: Tokenizer,
  sentences: readonly Sentence[],
  onProgress?: PredictProgress,
): Promise<Int32Array[]> {
  checkFits(tokenizer, model.config, model.maxPieces);
  const encoded = sentences.map((sentence) => encodeSentence(tokenizer, sentence, model.maxPieces));
  const pieceIds = pieceIdsOfEncoded(encoded);
  const rows = new Map([...pieceIds].map((id, row) => [id, row]));
  const weights = new Map(model.weights);
  const table = weights.get(wordTable);
  if (table !== undefined) weights.set(wordTable, compactTable(table, pieceIds));
  const parameters = toTensors(weights);
  try {
    return await predictTags({ config: model.config, parameters }, encoded, (id) => rows.get(id) ?? 0, onProgress);
  } finally {
    tf.dispose([...parameters.values()]);
  }
}

/** The entities that the model finds in each sentence. */
export async function predictSpans(
  model: TrainedModel,
  tokenizer: Tokenizer,
  sentences: readonly Sentence[],
  onProgress?: PredictProgress,
): Promise<Span[][]> {
  const predicted = await predictWords(model, tokenizer, sentences, onProgress);
  return predicted.map((ids, index) => {
    const tags = [...ids].map((id) => model.tags[id] ?? 'O');
    return spansOfTags(tags, sentences[index]!.words);
  });
}
