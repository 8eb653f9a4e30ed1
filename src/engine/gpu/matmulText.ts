import { halfFunctions, halfQuad } from './snippets.ts';

/**
 * Matrix products C [M, N] in WGSL, for every pair of layouts that training needs:
 *
 *     nn: Σ_k a[m, k] b[k, n]      nt: Σ_k a[m, k] b[n, k]      tn: Σ_k a[k, m] b[k, n]
 *
 * `bias` adds a vector [N] to nn. Sums run over k in order within a thread: the same bits on every run.
 */
export type Layout = 'nn' | 'nt' | 'tn';

/** What decides the text of a shader besides the variant. */
export interface MatmulText {
  readonly layout: Layout;
  /** Only with nn. */
  readonly bias: boolean;
  /** Whether a, b and c can be read as vectors of four: their widths (nn, nt: k and n; tn: m and n) are multiples of 4. */
  readonly vector: boolean;
  /**
   * Whether a and b are in half precision (`half.ts`), with vectors only. Products of two such numbers are exact in float32,
   * in which they are added up.
   */
  readonly half: boolean;
  /** Whether a or b was scaled, which the result is freed of; only with half precision, and never with a bias. */
  readonly scaled: boolean;
}

export const n = (value: number) => String(value);
export const count = (many: number) => Array.from({ length: many }, (_, i) => i);

const params = /* wgsl */ `
struct Params { m: u32, n: u32, k: u32, part: u32 }`;

/** Bindings: a, b, (bias or unit,) c, params. */
export function bindings({ bias, half, scaled }: MatmulText, element: string, result = element): string {
  const factor = half ? halfQuad : element;
  const c = bias || scaled ? 3 : 2;
  return /* wgsl */ `${half ? halfFunctions : ''}${params}
@group(0) @binding(0) var<storage, read> a: array<${factor}>;
@group(0) @binding(1) var<storage, read> b: array<${factor}>;
${bias ? `@group(0) @binding(2) var<storage, read> bias: array<${element}>;` : ''}
${scaled ? '@group(0) @binding(2) var<storage, read> unit: array<f32>;' : ''}
@group(0) @binding(${String(c)}) var<storage, read_write> c: array<${result}>;
@group(0) @binding(${String(c + 1)}) var<uniform> p: Params;`;
}

/** A vector of a factor as float32, out of the text of what is stored. */
export const wide = ({ half }: MatmulText, stored: string) => (half ? `wide(${stored})` : stored);

/** A sum in the unit of its factors, a power of two: by a product, which is exact, where WGSL lets a quotient be 2.5 ULP off. */
export const unscaled = ({ scaled }: MatmulText, sum: string) => (scaled ? `${sum} * unit[0]` : sum);
