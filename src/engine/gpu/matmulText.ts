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
}

export const n = (value: number) => String(value);
export const count = (many: number) => Array.from({ length: many }, (_, i) => i);

const params = /* wgsl */ `
struct Params { m: u32, n: u32, k: u32, part: u32 }`;

/** Bindings: a, b, (bias,) c, params. */
export function bindings(bias: boolean, element: string, result = element): string {
  const c = bias ? 3 : 2;
  return /* wgsl */ `${params}
@group(0) @binding(0) var<storage, read> a: array<${element}>;
@group(0) @binding(1) var<storage, read> b: array<${element}>;
${bias ? `@group(0) @binding(2) var<storage, read> bias: array<${element}>;` : ''}
@group(0) @binding(${String(c)}) var<storage, read_write> c: array<${result}>;
@group(0) @binding(${String(c + 1)}) var<uniform> p: Params;`;
}
