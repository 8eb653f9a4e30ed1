import type * as tf from '@tensorflow/tfjs-core';
import { OutOfMemory } from '../outOfMemory.ts';
import type { Address } from './exports.ts';

/** The part of tfjs-wasm's backend that is used here, with what its own types leave out of the Emscripten module. */
interface WasmBackend {
  readonly wasm: HeapModule;
  getMemoryOffset(dataId: object): Address;
}

interface HeapModule {
  /** The build for one thread. */
  readonly asm?: { readonly memory?: unknown };
  /** The threaded build. */
  readonly wasmMemory?: unknown;
  readonly PThread?: { terminateAllThreads(): void };
  /** 0 where the heap cannot grow. */
  _malloc(bytes: number): Address;
  _free(address: Address): void;
}

/** The words of a dropout key in memory: see `core/dropoutMask.ts` for what they mean. */
export interface DropoutWords {
  readonly seed: number;
  readonly step: number;
  readonly site: number;
  readonly rate: number;
  readonly start?: number;
}

/** tfjs-wasm's heap: where its tensors lie, and room of our own in it. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  addressOf(tensor: tf.Tensor): Address;
  /** Room for as long as the heap lives, from the beginning of a cache line. */
  keep(bytes: number): Address;
  /**
   * Work space of at least `bytes` bytes, the caller's until the next call: there is one, and it grows. Throws `OutOfMemory`
   * where the heap cannot grow.
   */
  scratch(bytes: number): Address;
  /** A dropout key in memory, 0 for null; it holds until the next call. */
  keyOf(key: DropoutWords | null): Address;
  /** Copies of integer arrays in memory; they hold until the next call. */
  integers(...arrays: readonly Int32Array[]): Address[];
}

const guarded = new WeakSet<HeapModule>();

/**
 * Makes allocations of tfjs' wasm backend throw `OutOfMemory` where the heap cannot grow. tfjs-wasm 4.22 does not look at what
 * malloc returns, and would write the tensor to address 0, over the module's own data.
 */
export function guardHeap(wasmBackend: tf.KernelBackend): void {
  const module = (wasmBackend as unknown as WasmBackend).wasm;
  if (guarded.has(module)) return;
  guarded.add(module);
  module._free(module._malloc(4)); // Emscripten's stub puts the real function in its own place when first called
  const allocate = module._malloc.bind(module);
  module._malloc = (bytes) => {
    const address = allocate(bytes) >>> 0; // above 2 GiB it comes back negative
    if (address === 0 && bytes > 0) throw new OutOfMemory(bytes);
    return address;
  };
}

/**
 * Ends the eight workers that the threaded build of tfjs-wasm 4.22 starts whatever its thread count: of one thread it uses none, and
 * they hold 14 MB.
 */
export function endThreadsOfTfjs(wasmBackend: tf.KernelBackend): void {
  (wasmBackend as unknown as WasmBackend).wasm.PThread?.terminateAllThreads();
}

const keyBytes = 24;

/** The heap of tfjs' wasm backend. Throws where its module does not show its memory. */
export function heapOf(wasmBackend: tf.KernelBackend): Heap {
  const backend = wasmBackend as unknown as WasmBackend;
  const module = backend.wasm;
  const memory = module.wasmMemory ?? module.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory)) throw new Error("tfjs' wasm module does not show its memory");
  const growing = () => {
    let address = 0;
    let size = 0;
    return (bytes: number): Address => {
      if (bytes > size) {
        if (address !== 0) module._free(address);
        [address, size] = [0, 0]; // whatever the next line throws, the old room is gone
        address = module._malloc(bytes);
        size = bytes;
      }
      return address;
    };
  };
  const scratch = growing();
  const integerRoom = growing();
  const keyRoom = growing();
  return {
    memory,
    addressOf: (tensor) => backend.getMemoryOffset(tensor.dataId),
    keep: (bytes) => Math.ceil(module._malloc(bytes + 63) / 64) * 64,
    scratch,
    keyOf(key) {
      if (key === null || key.rate === 0) return 0;
      const address = keyRoom(keyBytes);
      const words = new DataView(memory.buffer, address, keyBytes);
      const threshold = Math.floor(key.rate * 4294967296);
      [key.seed, key.step, key.site, threshold].forEach((word, i) => words.setUint32(4 * i, word, true));
      words.setFloat32(16, 1 / (1 - key.rate), true);
      words.setUint32(20, key.start ?? 0, true);
      return address;
    },
    integers(...arrays) {
      const total = arrays.reduce((sum, { length }) => sum + length, 0);
      let address = integerRoom(4 * Math.max(1, total));
      return arrays.map((array) => {
        const at = address;
        new Int32Array(memory.buffer, at, array.length).set(array);
        address += array.byteLength;
        return at;
      });
    },
  };
}
