import type { ProductShape } from '../gpu/variants.ts';
import type { BertConfig } from '../checkpoint/config.ts';

/**
 * The matrix products of a training step over `rows` packed rows, in half precision or not: forward (nn), the gradient of the
 * input (nt) and that of the weights (tn) of each kind of linear layer. The classifier's width fits no vector, so that nothing
 * is to be chosen there.
 */
export function productsOf({ hidden, feedForward }: BertConfig, rows: number, half = false): readonly ProductShape[] {
  const layers = [
    [hidden, hidden],
    [hidden, feedForward],
    [feedForward, hidden],
  ] as const;
  return layers.flatMap(([from, to]): ProductShape[] => [
    { layout: 'nn', m: rows, n: to, k: from, half },
    { layout: 'nt', m: rows, n: from, k: to, half },
    { layout: 'tn', m: from, n: to, k: rows, half },
  ]);
}

export function flopsOf({ m, n, k }: ProductShape): number {
  return 2 * m * n * k;
}
