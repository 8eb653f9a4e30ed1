import * as tf from '@tensorflow/tfjs-core';
import { vi } from 'vitest';

/** Most bytes of tensors that were alive at once while `body` ran, above those alive before; what it returns is disposed. */
export function peakOf(body: () => tf.TensorContainer): number {
  const engine = tf.engine();
  const before = tf.memory().numBytes;
  let most = before;
  const track = engine.makeTensorFromTensorInfo.bind(engine);
  const spy = vi.spyOn(engine, 'makeTensorFromTensorInfo').mockImplementation((...made) => {
    const tensor = track(...made);
    most = Math.max(most, tf.memory().numBytes);
    return tensor;
  });
  try {
    tf.dispose(body());
  } finally {
    spy.mockRestore();
  }
  return most - before;
}
