import * as tf from '@tensorflow/tfjs-core';
import { haveKernels } from '../wasm/present.ts';

/** The parts of tfjs' backends, 4.22, that reach a tensor's memory. */
interface WasmBackend {
  typedArrayFromHeap(tensor: tf.TensorInfo): tf.TypedArray;
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
}
interface CpuBackend {
  readonly data: { get(dataId: tf.DataId): { readonly values: unknown } };
}

/**
 * The implementations an operation may have. `reference` is the composition of tfjs operations that works on every
 * device and that the others are tested against; `host` is a plain loop over memory that JavaScript can see (cpu, wasm);
 * `wasm` are our SIMD kernels, where the engine has SIMD; `webgpu` are our shaders.
 */
export interface Variants<F> {
  readonly reference: F;
  readonly host?: F;
  readonly wasm?: F;
  readonly webgpu?: F;
}

let forced: keyof Variants<unknown> | null = null;

/** Runs `body` with one implementation wherever an operation has it; for tests and benchmarks. */
export function withVariant<T>(variant: keyof Variants<unknown>, body: () => T): T {
  const before = forced;
  forced = variant;
  try {
    return body();
  } finally {
    forced = before;
  }
}

/** The implementation for the present device. */
export function pick<F>(variants: Variants<F>): F {
  const { reference, host = reference, wasm = host, webgpu = reference } = variants;
  if (forced !== null) return { reference, host, wasm, webgpu }[forced];
  if (tf.getBackend() === 'webgpu') return webgpu;
  return tf.getBackend() === 'wasm' && haveKernels() ? wasm : host;
}

/**
 * The memory of a float32 tensor on a host device (cpu, wasm), not a copy. On wasm a later allocation may grow the heap
 * and detach the view: allocate outputs first, then take views.
 */
export function view(tensor: tf.Tensor): Float32Array {
  const values: unknown =
    tf.getBackend() === 'wasm'
      ? (tf.backend() as unknown as WasmBackend).typedArrayFromHeap(tensor)
      : (tf.backend() as unknown as CpuBackend).data.get(tensor.dataId).values;
  if (!(values instanceof Float32Array)) throw new Error('a host kernel needs a float32 tensor');
  return values;
}

/** A float32 tensor on a host device whose memory is not cleared on wasm: the kernel must write every element. */
export function allocate(shape: number[]): tf.Tensor {
  if (tf.getBackend() === 'wasm') {
    const info = (tf.backend() as unknown as WasmBackend).makeOutput(shape, 'float32');
    return tf.engine().makeTensorFromTensorInfo(info);
  }
  return tf.tensor(new Float32Array(tf.util.sizeFromShape(shape)), shape, 'float32');
}
