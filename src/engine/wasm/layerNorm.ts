import type * as tf from '@tensorflow/tfjs-core';
import { allocate } from '../kernels/backend.ts';
import type { DropoutKey } from '../kernels/dropout.ts';
import type { LayerNormGrads, LayerNormInputs, LayerNormOutputs } from '../kernels/layerNorm.ts';
import { presentKernels } from './present.ts';

/** s = residual + dropout(x), normalised; as `kernels/layerNorm.ts` defines it. */
export function layerNormWasm({ x, residual, key, gamma, beta, epsilon }: LayerNormInputs): LayerNormOutputs {
  const { exports, heap } = presentKernels();
  const [rows, width] = x.shape;
  const y = allocate([rows, width]) as tf.Tensor2D;
  const normed = allocate([rows, width]) as tf.Tensor2D;
  const inverse = allocate([rows, 1]) as tf.Tensor2D;
  const at = heap.addressOf;
  exports.layerNorm(
    ...([rows, width, at(x), residual === null ? 0 : at(residual), heap.keyOf(key)] as const),
    ...([at(gamma), at(beta), epsilon, at(y), at(normed), at(inverse)] as const),
    heap.scratch(exports.layerNormScratchBytes(width)),
  );
  return { y, normed, inverse };
}

/** The mask is drawn again from `key`. */
export function layerNormGradWasm(
  dy: tf.Tensor2D,
  { normed, inverse }: Pick<LayerNormOutputs, 'normed' | 'inverse'>,
  gamma: tf.Tensor1D,
  key: DropoutKey | null,
): LayerNormGrads {
  const { exports, heap } = presentKernels();
  const [rows, width] = dy.shape;
  const at = heap.addressOf;
  const keyAddress = heap.keyOf(key);
  const dresidual = allocate([rows, width]) as tf.Tensor2D;
  const dx = keyAddress === 0 ? dresidual : (allocate([rows, width]) as tf.Tensor2D);
  const dgamma = allocate([width]) as tf.Tensor1D;
  const dbeta = allocate([width]) as tf.Tensor1D;
  exports.layerNormGrad(
    ...([rows, width, at(dy), at(normed), at(inverse), keyAddress, at(gamma)] as const),
    ...([at(dx), at(dresidual), at(dgamma), at(dbeta)] as const),
    heap.scratch(exports.layerNormScratchBytes(width)),
  );
  return { dx, dresidual, dgamma, dbeta };
}
