import * as tf from '@tensorflow/tfjs-core';
import type { Sentence } from '../data/types.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Checkpoint } from './checkpoint/load.ts';
import { hiddenStates } from './model/bert.ts';
import { compactTable, toTensors, wordTable } from './model/parameters.ts';
import { checkFits, encodeSentence, pieceIdsOfEncoded } from './train/encode.ts';
import { inGroups, packed } from './train/evaluate.ts';

/**
 * The embedding `[H]` of each sentence: the mean of the last layer's hidden states over its pieces, [CLS] and [SEP] among them,
 * as Sentence-BERT pools (Reimers and Gurevych 2019, arXiv 1908.10084) and as the shipped checkpoint was trained to be used.
 * Of a sentence longer than `maxPieces` its first window counts. Not normalised: compare by cosine.
 */
export async function embeddingsOf(
  { config, weights }: Pick<Checkpoint, 'config' | 'weights'>,
  tokenizer: Tokenizer,
  sentences: readonly Pick<Sentence, 'id' | 'text' | 'words'>[],
  maxPieces: number,
  onProgress?: (done: number, total: number) => void,
): Promise<Float32Array[]> {
  checkFits(tokenizer, config, maxPieces);
  const encoded = sentences.map((sentence) => {
    const whole = encodeSentence(tokenizer, { ...sentence, spans: null }, maxPieces);
    return { ...whole, windows: whole.windows.slice(0, 1) };
  });
  const pieceIds = pieceIdsOfEncoded(encoded);
  const rows = new Map([...pieceIds].map((id, row) => [id, row]));
  const table = weights.get(wordTable);
  const parameters = toTensors(
    table === undefined ? weights : new Map([...weights, [wordTable, compactTable(table, pieceIds)]]),
  );
  const result = sentences.map(() => new Float32Array(config.hidden));
  try {
    await inGroups(
      encoded,
      async (group) => {
        const batch = packed(group, (id) => rows.get(id) ?? 0);
        const states = tf.tidy(() => hiddenStates({ config, parameters }, batch));
        const values = await states.data<'float32'>();
        states.dispose();
        group.forEach(({ sentence }, g) => {
          addMean(result[sentence]!, values, batch.offsets[g]!, batch.offsets[g + 1]!);
        });
      },
      onProgress,
    );
  } finally {
    tf.dispose([...parameters.values()]);
  }
  return result;
}

/** Adds the mean of the rows `[start, end)` of `values` [N, H] to `sum` [H]. */
function addMean(sum: Float32Array, values: Float32Array, start: number, end: number): void {
  const width = sum.length;
  for (let row = start; row < end; row++) {
    for (let h = 0; h < width; h++) sum[h]! += values[row * width + h]! / (end - start);
  }
}
