import type { MatmulChoice } from './matmul.ts';
import { workgroupBytesOf, type MatmulVariant } from './matmulShaders.ts';
import type { Layout } from './matmulText.ts';

/**
 * Which shader variants the present adapter uses. Barriers cost little on a GPU and much on a processor that imitates one:
 * SwiftShader runs a 512³ product at 1.8 GFLOP/s without them and at 0.6 with.
 */
export interface GpuVariants {
  /** Whether the adapter is a processor that imitates a GPU. */
  readonly software: boolean;
  /** Tuned choices by class of shape (`shapeClass`); classes that are not here go by rule. */
  readonly matmul: Readonly<Record<string, MatmulChoice>>;
}

/** A product C [m, n] with sums of k terms. */
export interface ProductShape {
  readonly layout: Layout;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Whether its factors are in half precision. */
  readonly half: boolean;
}

let present: GpuVariants = { software: true, matmul: {} };

/** Bytes of workgroup memory of the present adapter; every one has this many. */
let workgroupBytes = 16_384;

/** Sets the variants of the device that was opened; from a run's snapshot when it goes on or is repeated. */
export function useVariants(variants: GpuVariants): void {
  present = variants;
}

export function presentVariants(): GpuVariants {
  return present;
}

/** Sets what shaders of the device that was opened may take of workgroup memory. */
export function useWorkgroupBytes(bytes: number): void {
  workgroupBytes = bytes;
}

/** Whether the present adapter has room for a variant. */
export function hasRoomFor(variant: MatmulVariant, layout: Layout, half: boolean): boolean {
  return workgroupBytesOf(variant, layout, half) <= workgroupBytes;
}

/** Shapes that share a choice: each side within the same two powers of two. */
export function shapeClass({ layout, m, n, k, half }: ProductShape): string {
  const above = (side: number) => String(2 ** Math.ceil(Math.log2(side)));
  return `${half ? 'half/' : ''}${layout}/${above(m)}/${above(n)}/${above(k)}`;
}

export function matmulChoice(shape: ProductShape): MatmulChoice {
  return present.matmul[shapeClass(shape)] ?? choiceByRule(shape, present.software);
}

/** What is taken where nothing was timed: large tiles for large products, and as many parts as give 256 workgroups. */
export function choiceByRule({ layout, m, n, k, half }: ProductShape, software: boolean): MatmulChoice {
  if (software) return { variant: { kind: 'registers' }, parts: 1 };
  const large = { kind: 'tiles', perThread: 8 } as const;
  const perThread = m * n >= 256 * 128 * 128 && hasRoomFor(large, layout, half) ? 8 : 4;
  return { variant: { kind: 'tiles', perThread }, parts: partsFor(m, n, k, 16 * perThread) };
}

/** Parts of the sum over k that bring the workgroups of tiles of `side` to about 256; each part has at least 256 terms. */
export function partsFor(m: number, n: number, k: number, side: number): number {
  const tiles = Math.ceil(m / side) * Math.ceil(n / side);
  return Math.max(1, Math.min(Math.floor(k / 256), Math.floor(256 / tiles)));
}
