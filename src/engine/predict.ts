import * as tf from '@tensorflow/tfjs-core';
import { spansOfTags } from '../data/bio.ts';
import type { Sentence, Span } from '../data/types.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { compactTable, toTensors, wordTable, type Weights } from './model/parameters.ts';
import type { TrainedModel } from './model/trained.ts';
import { checkFits, encodeSentence, pieceIdsOfEncoded } from './train/encode.ts';
import { classify, type Classified } from './train/evaluate.ts';

export type PredictProgress = (done: number, total: number) => void;

/** The encoder's parameters on a device, without the word table. */
interface OnDevice {
  readonly backend: tf.KernelBackend;
  readonly parameters: ReadonlyMap<string, tf.Tensor>;
}

/**
 * A model that predicts. Its parameters stay on the device from one call to the next, and are uploaded anew where tfjs' present
 * device has become another; only the word rows that the sentences need are uploaded by each call.
 */
export class Predictor {
  readonly model: TrainedModel;
  readonly #tokenizer: Tokenizer;
  #onDevice: OnDevice | null = null;
  /** Calls that use what is on the device, and whether it is to go when they have ended. */
  #running = 0;
  #leaving = false;

  constructor(model: TrainedModel, tokenizer: Tokenizer) {
    this.model = model;
    this.#tokenizer = tokenizer;
  }

  /** The tag of every word. Throws `checkpoint-sizes` where model and tokenizer do not belong together. */
  async classify(
    sentences: readonly Sentence[],
    withProbabilities: boolean,
    onProgress?: PredictProgress,
  ): Promise<Classified> {
    const { config, maxPieces, weights } = this.model;
    checkFits(this.#tokenizer, config, maxPieces);
    const encoded = sentences.map((sentence) => encodeSentence(this.#tokenizer, sentence, maxPieces));
    const pieceIds = pieceIdsOfEncoded(encoded);
    const rows = new Map([...pieceIds].map((id, row) => [id, row]));
    const table = tableOf(weights, pieceIds);
    this.#running++;
    try {
      const parameters = new Map([...this.#parameters(), ...table]);
      const rowOf = (id: number) => rows.get(id) ?? 0;
      return await classify({ config, parameters }, encoded, rowOf, withProbabilities, onProgress);
    } finally {
      tf.dispose([...table.values()]);
      this.#running--;
      if (this.#leaving) this.release();
    }
  }

  /** The tag number of every word. */
  async words(sentences: readonly Sentence[], onProgress?: PredictProgress): Promise<Int32Array[]> {
    return (await this.classify(sentences, false, onProgress)).tags;
  }

  /** The entities that the model finds in each sentence, and how sure it is of each word's tag where that is asked for. */
  async entities(
    sentences: readonly Sentence[],
    withProbabilities: boolean,
    onProgress?: PredictProgress,
  ): Promise<{ readonly spans: Span[][]; readonly probabilities: Float32Array[] | null }> {
    const { tags, probabilities } = await this.classify(sentences, withProbabilities, onProgress);
    const spans = tags.map((ids, index) => {
      const names = [...ids].map((id) => this.model.tags[id] ?? 'O');
      return spansOfTags(names, sentences[index]!.words);
    });
    return { spans, probabilities };
  }

  /** Frees what the device holds, once no call needs it any more; the next prediction uploads it again. */
  release(): void {
    this.#leaving = this.#running > 0;
    if (this.#leaving) return;
    this.#free();
  }

  #free(): void {
    if (this.#onDevice !== null) tf.dispose([...this.#onDevice.parameters.values()]);
    this.#onDevice = null;
  }

  #parameters(): ReadonlyMap<string, tf.Tensor> {
    const backend = tf.backend();
    if (this.#onDevice?.backend !== backend) {
      this.#free();
      const weights = new Map(this.model.weights);
      weights.delete(wordTable);
      this.#onDevice = { backend, parameters: toTensors(weights) };
    }
    return this.#onDevice.parameters;
  }
}

/** The rows of the word table that occur. */
function tableOf(weights: Weights, pieceIds: Int32Array): ReadonlyMap<string, tf.Tensor> {
  const table = weights.get(wordTable);
  return table === undefined ? new Map() : toTensors(new Map([[wordTable, compactTable(table, pieceIds)]]));
}

/** One prediction of a model that is not used again. */
export async function predictWords(
  model: TrainedModel,
  tokenizer: Tokenizer,
  sentences: readonly Sentence[],
  onProgress?: PredictProgress,
): Promise<Int32Array[]> {
  const predictor = new Predictor(model, tokenizer);
  try {
    return await predictor.words(sentences, onProgress);
  } finally {
    predictor.release();
  }
}
