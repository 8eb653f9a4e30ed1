import { openDevice } from '../src/engine/device.ts';
import { timeBoth } from '../src/engine/tune/products.ts';
import { flopsOf, productsOf } from '../src/engine/tune/shapes.ts';

const like = {
  ...{ layers: 1, hidden: 384, heads: 12, feedForward: 1536, vocab: 1, positions: 512, types: 2 },
  ...{ layerNormEps: 1e-12, dropout: 0, attentionDropout: 0, initializerRange: 0.02 },
  activation: 'gelu',
} as const;

/** GFLOP/s of our products, on one thread, and of tfjs' on all of theirs, over all products of a layer of MiniLM. */
export async function threads(rows: number) {
  const { adapter } = await openDevice('wasm', { wasmPath: '/node_modules/@tensorflow/tfjs-backend-wasm/dist/' });
  const shapes = productsOf(like, rows);
  const flops = shapes.reduce((sum, shape) => sum + flopsOf(shape), 0);
  const { ours, tfjs } = await timeBoth(shapes, () => performance.now());
  return { adapter, isolated: crossOriginIsolated, ours: flops / ours / 1e6, tfjs: flops / tfjs / 1e6 };
}
