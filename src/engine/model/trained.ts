import type { TokenizerFiles } from '../../tokenizer/tokenizer.ts';
import type { BertConfig } from '../checkpoint/config.ts';
import type { Weights } from './parameters.ts';

/** A trained token classifier, whole: full word table, weights in the layout of the file. */
export interface TrainedModel {
  readonly config: BertConfig;
  readonly tags: readonly string[];
  readonly weights: Weights;
  readonly tokenizerFiles: TokenizerFiles;
  readonly maxPieces: number;
}
