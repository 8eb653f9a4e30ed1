import type { BertConfig } from '../checkpoint/config.ts';
import type { DropoutKey } from '../kernels/dropout.ts';

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

export function keysOf({ dropout: rate, attentionDropout }: BertConfig, draw: DropoutDraw): Keys {
  const key = (site: number, share: number) => (draw === null || share === 0 ? null : { ...draw, site, rate: share });
  return {
    hidden: (site) => key(site, rate),
    probabilities: (layer) => key(sites.probabilities(layer), attentionDropout),
  };
}
