import type * as tf from '@tensorflow/tfjs-core';
import { allocate } from '../kernels/backend.ts';
import type { DropoutKey } from '../kernels/dropout.ts';
import type { LayerNormGrads, LayerNormInputs, LayerNormOutputs } from '../kernels/layerNorm.ts';
import { runSums } from './matmul.ts';
import { presentKernels } from './present.ts';
import { split } from './threads/split.ts';

/** Of one element with dropout, roughly. */
const nsEach = 1.5;

/** s = residual + dropout(x), normalised; as `kernels/layerNorm.ts` defines it. */
export function layerNormWasm({ x, residual, key, gamma, beta, epsilon }: LayerNormInputs): LayerNormOutputs {
  const { exports, heap, threads } = presentKernels();
  const [rows, width] = x.shape;
  const y = allocate([rows, width]) as tf.Tensor2D;
  const normed = allocate([rows, width]) as tf.Tensor2D;
  const inverse = allocate([rows, 1]) as tf.Tensor2D;
  const at = heap.addressOf;
  const [keyAddress, pGamma, pBeta] = [heap.keyOf(key), at(gamma), at(beta)];
  const calls = split(rows, 1, width * nsEach).map(([from, size]) => {
    const rowAt = (tensor: tf.Tensor) => at(tensor) + 4 * width * from;
    return [
      ...[from, size, width, rowAt(x), residual === null ? 0 : rowAt(residual), keyAddress],
      ...[pGamma, pBeta, epsilon, rowAt(y), rowAt(normed), at(inverse) + 4 * from],
    ];
  });
  threads.run('layerNorm', calls, exports.layerNormScratchBytes(width));
  return { y, normed, inverse };
}

/** The mask is drawn again from `key`. */
export function layerNormGradWasm(
  dy: tf.Tensor2D,
  { normed, inverse }: Pick<LayerNormOutputs, 'normed' | 'inverse'>,
  gamma: tf.Tensor1D,
  key: DropoutKey | null,
): LayerNormGrads {
  const { exports, heap, threads } = presentKernels();
  const [rows, width] = dy.shape;
  const at = heap.addressOf;
  const keyAddress = heap.keyOf(key);
  const dresidual = allocate([rows, width]) as tf.Tensor2D;
  const dx = keyAddress === 0 ? dresidual : (allocate([rows, width]) as tf.Tensor2D);
  const dgamma = allocate([width]) as tf.Tensor1D;
  const dbeta = allocate([width]) as tf.Tensor1D;
  const calls = split(rows, 1, width * nsEach).map(([from, size]) => {
    const rowAt = (tensor: tf.Tensor) => at(tensor) + 4 * width * from;
    return [
      ...[from, size, width, rowAt(dy), rowAt(normed), at(inverse) + 4 * from, keyAddress, at(gamma)],
      ...[rowAt(dx), rowAt(dresidual)],
    ];
  });
  threads.run('layerNormGrad', calls, exports.layerNormScratchBytes(width));
  runSums([
    { x: dy, factor: normed, sum: dgamma },
    { x: dy, factor: null, sum: dbeta },
  ]);
  return { dx, dresidual, dgamma, dbeta };
}
