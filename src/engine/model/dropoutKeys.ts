import type { BertConfig } from '../checkpoint/config.ts';
import type { DropoutKey } from '../kernels/dropout.ts';
import type { PackedBatch } from './batch.ts';

/** Seed and step of the dropout masks of one forward pass; null = evaluation, nothing is dropped. */
export type DropoutDraw = { readonly seed: number; readonly step: number } | null;

/** Numbers of the dropouts of the model, part of the counter that draws their masks. */
export const sites = {
  embeddings: 0,
  probabilities: (layer: number) => 1 + 3 * layer,
  attentionOutput: (layer: number) => 2 + 3 * layer,
  output: (layer: number) => 3 + 3 * layer,
  classifier: (layers: number) => 1 + 3 * layers,
} as const;

/** The dropout keys of one pass, null where nothing is dropped; the backward pass draws the same masks again. */
export interface Keys {
  /** Of a hidden state: embeddings, the two outputs of a layer, the classifier's input. */
  hidden(site: number): DropoutKey | null;
  probabilities(layer: number): DropoutKey | null;
}

/** Places are counted in the whole batch that `before` stands in, so that its parts draw the masks that it would draw. */
export function keysOf(
  { dropout, attentionDropout, hidden, heads }: BertConfig,
  draw: DropoutDraw,
  { rows, pairs }: PackedBatch['before'],
): Keys {
  const key = (site: number, rate: number, start: number) =>
    draw === null || rate === 0 ? null : { ...draw, site, rate, start };
  return {
    hidden: (site) => key(site, dropout, rows * hidden),
    probabilities: (layer) => key(sites.probabilities(layer), attentionDropout, pairs * heads),
  };
}
