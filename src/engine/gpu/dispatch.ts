import * as tf from '@tensorflow/tfjs-core';

/**
 * A compute shader. Binding order in `code`: inputs (read), outputs (read_write), then one uniform struct of at most 16
 * 32-bit members. `key` names everything that is interpolated into `code`: pipelines are cached by it.
 */
export interface Shader {
  readonly key: string;
  readonly inputs: number;
  readonly outputs: number;
  code(): string;
}

export interface Dispatch {
  readonly shader: Shader;
  readonly inputs: readonly tf.Tensor[];
  /** Shapes of new float32 tensors, or tensors that the shader writes in place. */
  readonly outputs: readonly (readonly number[] | tf.Tensor)[];
  /** Members of the uniform struct in order; `u` and `f` make them. */
  readonly uniforms: readonly Word[];
  /** Workgroups [x, y, z], each at most 65,535; see `fold`. */
  readonly groups: readonly [number, number, number];
}

/** One member of a uniform struct: unsigned integer or float. */
export type Word = { readonly u: number } | { readonly f: number };
export const u = (value: number): Word => ({ u: value });
export const f = (value: number): Word => ({ f: value });

/**
 * What a dispatch of our own needs of tfjs-webgpu 4.22's backend, some of it private there: our shaders are recorded into
 * tfjs' own command encoder, so that both kinds of operation run in the order in which they were called.
 */
interface Backend {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  readonly tensorMap: { get(dataId: object): { readonly resource?: GPUBuffer; values: unknown } };
  readonly bufferManager: {
    readonly freeBuffers: ReadonlyMap<string, GPUBuffer[]>;
    numFreeBuffers: number;
    numBytesAllocated: number;
  };
  readonly commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  uploadToGPU(dataId: object): void;
  makeTensorInfo(shape: number[], dtype: 'float32'): tf.TensorInfo;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

interface Pipeline {
  readonly id: number;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** Bytes of a uniform slot: the alignment that every device allows for dynamic offsets. */
const slotBytes = 256;
const slots = 4096;
/** Bytes of a slot that a shader may bind: 16 members. */
const boundBytes = 64;
/** Dispatches in one submission: early enough for the GPU to start, late enough to pay the submission once. */
const submitEvery = 48;
const keptBindGroups = 8192;

/** What is kept for one GPU device: pipelines, bind groups by the buffers in them, and a ring of uniform slots. */
interface Gpu {
  readonly pipelines: Map<string, Pipeline>;
  readonly bindGroups: Map<string, GPUBindGroup>;
  readonly bufferIds: WeakMap<GPUBuffer, number>;
  readonly ring: GPUBuffer;
  buffers: number;
  slot: number;
  recorded: number;
}

const gpus = new WeakMap<GPUDevice, Gpu>();

function gpuOf(device: GPUDevice): Gpu {
  const known = gpus.get(device);
  if (known !== undefined) return known;
  const ring = device.createBuffer({ size: slots * slotBytes, usage: 0x48, label: 'uniforms' }); // UNIFORM | COPY_DST
  const gpu = {
    pipelines: new Map(),
    bindGroups: new Map(),
    bufferIds: new WeakMap(),
    ring,
    buffers: 0,
    slot: 0,
    recorded: 0,
  };
  gpus.set(device, gpu);
  return gpu;
}

/**
 * Workgroups [x, y, 1] with x · y ≥ count and x at most 65,535; the flat index of a workgroup is x + y · num_workgroups.x,
 * and the shader guards against what the rounding adds.
 */
export function fold(count: number): readonly [number, number, number] {
  const y = Math.max(1, Math.ceil(count / 65535));
  return [Math.max(1, Math.ceil(count / y)), y, 1];
}

/**
 * Records a shader and returns its outputs as tensors of tfjs. Buffers are freed to tfjs' pool as soon as their tensor is
 * disposed, even before the submission: dispatches of one queue run in order, so a later one may reuse them.
 */
export function dispatch({ shader, inputs, outputs, uniforms, groups }: Dispatch): tf.Tensor[] {
  const backend = tf.backend() as unknown as Backend;
  const gpu = gpuOf(backend.device);
  const results = outputs.map((output) =>
    output instanceof tf.Tensor
      ? output
      : tf.engine().makeTensorFromTensorInfo(backend.makeTensorInfo([...output], 'float32')),
  );
  const { pipeline, layout, id } = pipelineOf(gpu, backend.device, shader);
  const buffers = [...inputs, ...results].map(({ dataId }) => {
    backend.uploadToGPU(dataId);
    const { resource } = backend.tensorMap.get(dataId);
    if (resource === undefined) throw new Error(`${shader.key}: a tensor without a buffer`);
    return resource;
  });
  // tfjs keeps a copy of what was read from the GPU; what a shader writes in place would stay hidden behind it.
  for (const { dataId } of results) backend.tensorMap.get(dataId).values = null;
  if (gpu.slot === slots) {
    submit(backend, gpu); // no slot is written again before the dispatch that reads it was submitted
    gpu.slot = 0;
  }
  const offset = gpu.slot++ * slotBytes;
  backend.queue.writeBuffer(gpu.ring, offset, wordsOf(uniforms));
  backend.ensureCommandEncoderReady();
  const pass = (backend.computePassEncoder ??= backend.commandEncoder?.beginComputePass() ?? null);
  if (pass === null) throw new Error('tfjs-webgpu gave no command encoder');
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroupOf(gpu, backend.device, id, layout, buffers), [offset]);
  pass.dispatchWorkgroups(groups[0], groups[1], groups[2]);
  if (++gpu.recorded >= submitEvery) submit(backend, gpu);
  return results;
}

/**
 * Submits what was recorded, so that its errors come now, and before it the upload of `tensors` that are not on the device yet:
 * a submission with one bad buffer is dropped as a whole, uploads and all.
 */
export function flush(tensors: Iterable<tf.Tensor> = []): void {
  const backend = tf.backend() as unknown as Backend;
  for (const { dataId } of tensors) backend.uploadToGPU(dataId);
  submit(backend, gpuOf(backend.device));
}

/**
 * Gives the free buffers of tfjs' pool back to the device, which tfjs never does. After a failed allocation there are buffers
 * among them that have no memory behind them.
 */
export function releaseFreeBuffers(): void {
  const backend = tf.backend() as unknown as Backend;
  gpuOf(backend.device).bindGroups.clear(); // they hold on to the buffers
  const pool = backend.bufferManager;
  for (const buffers of pool.freeBuffers.values()) {
    for (const buffer of buffers.splice(0)) {
      pool.numFreeBuffers--;
      pool.numBytesAllocated -= buffer.size;
      buffer.destroy();
    }
  }
}

function submit(backend: Backend, gpu: Gpu): void {
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
  gpu.recorded = 0;
}

function wordsOf(uniforms: readonly Word[]): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(boundBytes / 4);
  const floats = new Float32Array(words.buffer);
  uniforms.forEach((word, i) => {
    if ('u' in word) words[i] = word.u;
    else floats[i] = word.f;
  });
  return words;
}

function pipelineOf(gpu: Gpu, device: GPUDevice, shader: Shader): Pipeline {
  const known = gpu.pipelines.get(shader.key);
  if (known !== undefined) return known;
  const buffer = (binding: number, layout: GPUBufferBindingLayout): GPUBindGroupLayoutEntry => ({
    binding,
    visibility: 4, // GPUShaderStage.COMPUTE
    buffer: layout,
  });
  const storage = shader.inputs + shader.outputs;
  const layout = device.createBindGroupLayout({
    entries: [
      ...Array.from({ length: storage }, (_, i) =>
        buffer(i, { type: i < shader.inputs ? 'read-only-storage' : 'storage' }),
      ),
      buffer(storage, { type: 'uniform', hasDynamicOffset: true, minBindingSize: boundBytes }),
    ],
  });
  const module = device.createShaderModule({ code: shader.code(), label: shader.key });
  const pipeline = device.createComputePipeline({
    label: shader.key,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module, entryPoint: 'main' },
  });
  const made = { id: gpu.pipelines.size, pipeline, layout };
  gpu.pipelines.set(shader.key, made);
  return made;
}

function bindGroupOf(
  gpu: Gpu,
  device: GPUDevice,
  id: number,
  layout: GPUBindGroupLayout,
  buffers: readonly GPUBuffer[],
): GPUBindGroup {
  let key = String(id);
  for (const buffer of buffers) {
    let number = gpu.bufferIds.get(buffer);
    if (number === undefined) gpu.bufferIds.set(buffer, (number = gpu.buffers++));
    key += `,${String(number)}`;
  }
  const known = gpu.bindGroups.get(key);
  if (known !== undefined) return known;
  if (gpu.bindGroups.size >= keptBindGroups) gpu.bindGroups.clear();
  const entries = buffers.map((buffer, binding): GPUBindGroupEntry => ({ binding, resource: { buffer } }));
  entries.push({ binding: buffers.length, resource: { buffer: gpu.ring, size: boundBytes } });
  const group = device.createBindGroup({ layout, entries });
  gpu.bindGroups.set(key, group);
  return group;
}
