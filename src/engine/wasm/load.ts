import { binaries } from './binaries.ts';
import type { KernelExports } from './exports.ts';

export interface LoadOptions {
  /**
   * Called before the engine is asked whether it has relaxed SIMD. Node 20 has it behind a flag that only Node's own modules
   * can set; browsers need nothing.
   */
  readonly enableRelaxedSimd?: () => void;
  /** false = the build without fused multiply-add, whatever the engine has; for tests and benchmarks. */
  readonly allowRelaxed?: boolean;
}

export interface LoadedKernels {
  readonly exports: KernelExports;
  /** What other threads make the same of. */
  readonly module: WebAssembly.Module;
  /** Whether products are fused multiply-adds, with one rounding. The two builds differ in the last bits of every sum. */
  readonly relaxed: boolean;
}

/** Compiles the kernels and links them to `memory`. Rejects with a `WebAssembly.CompileError` where there is no SIMD. */
export async function loadKernels(memory: WebAssembly.Memory, options: LoadOptions = {}): Promise<LoadedKernels> {
  const shared = isShared(memory);
  options.enableRelaxedSimd?.();
  const fused = bytesOf(shared ? binaries.relaxedShared : binaries.relaxed);
  const relaxed = options.allowRelaxed !== false && WebAssembly.validate(fused);
  const bytes = relaxed ? fused : bytesOf(shared ? binaries.plainShared : binaries.plain);
  const { module, instance } = await WebAssembly.instantiate(bytes, { env: { memory, log: Math.log } });
  return { exports: instance.exports as unknown as KernelExports, module, relaxed };
}

/** Whether other threads may have the memory too. */
export function isShared(memory: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
