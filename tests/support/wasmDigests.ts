import { sha256Hex } from '../../src/core/hash.ts';
import { withVariant } from '../../src/engine/kernels/backend.ts';
import { startKernels } from '../../src/engine/wasm/present.ts';
import { kernelNames, kernelResults } from './kernelCases.ts';

/**
 * Digests of all that the SIMD kernels give for seeded inputs, by operation. Those without fused multiply-add: every engine
 * computes them to the same bits, by the definition of WebAssembly. tfjs' present backend must be wasm.
 */
export async function wasmDigests(): Promise<Record<string, string>> {
  await startKernels({ allowRelaxed: false });
  const digests: Record<string, string> = {};
  for (const name of kernelNames) {
    for (const [rows, width] of [
      [65, 12],
      [40, 61],
    ] as const) {
      const results = await withVariant('wasm', () => kernelResults(name, rows, width));
      const parts = [...results.values()].map((values) => new Uint8Array(values.buffer, 0, values.byteLength));
      const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      digests[`${name} ${String(rows)} × ${String(width)}`] = sha256Hex(all).slice(0, 16);
    }
  }
  return digests;
}
