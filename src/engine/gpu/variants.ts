import type { Layout } from './matmulShaders.ts';
import type { MatmulChoice } from './matmul.ts';

/**
 * Which shader variants the present adapter uses. Barriers cost little on a GPU and much on a processor that imitates one:
 * SwiftShader runs a 512³ product at 1.8 GFLOP/s without them and at 0.6 with.
 */
export interface GpuVariants {
  /** Whether the adapter is a processor that imitates a GPU. */
  readonly software: boolean;
  /** Tuned choices by `layout/m/n/k`; sizes that are not here go by rule. */
  readonly matmul: Readonly<Record<string, MatmulChoice>>;
}

let present: GpuVariants = { software: true, matmul: {} };

/** Sets the variants of the device that was opened; from a run's snapshot when it goes on or is repeated. */
export function useVariants(variants: GpuVariants): void {
  present = variants;
}

export function presentVariants(): GpuVariants {
  return present;
}

export function matmulChoice({ layout, m, n, k }: { layout: Layout; m: number; n: number; k: number }): MatmulChoice {
  const tuned = present.matmul[`${layout}/${String(m)}/${String(n)}/${String(k)}`];
  if (tuned !== undefined) return tuned;
  if (present.software) return { variant: { kind: 'registers' }, parts: 1 };
  const perThread = m * n >= 256 * 128 * 128 ? 8 : 4;
  const tiles = Math.ceil(m / (16 * perThread)) * Math.ceil(n / (16 * perThread));
  const parts = Math.max(1, Math.min(Math.floor(k / 256), Math.floor(256 / tiles)));
  return { variant: { kind: 'tiles', perThread }, parts };
}
