import type { MatmulCut } from '../../run/events.ts';
import type { Shader } from './dispatch.ts';

/**
 * Matrix products C [M, N] in WGSL, for every pair of layouts that training needs:
 *
 *     nn: Σ_k a[m, k] b[k, n]      nt: Σ_k a[m, k] b[n, k]      tn: Σ_k a[k, m] b[k, n]
 *
 * `bias` adds a vector [N] to nn. Sums run over k in order within a thread: the same bits on every run.
 */
export type Layout = 'nn' | 'nt' | 'tn';

/**
 * How a product is cut up. `registers`: no barrier, every thread makes a 4 × 4 tile from vectors it loads itself; right where
 * barriers are dear (SwiftShader). `tiles`: 256 threads share panels of `16 · perThread` rows and columns in workgroup
 * memory; right on GPUs. `depth` > 1 cuts the sum over k into that many parts, for products with few tiles: parts are added
 * up in order by a second shader, without atomics.
 */
export type MatmulVariant = MatmulCut;

/** What decides the text of a shader besides the variant. */
export interface MatmulText {
  readonly layout: Layout;
  /** Only with nn. */
  readonly bias: boolean;
  /** Whether a, b and c can be read as vectors of four: their widths (nn, nt: k and n; tn: m and n) are multiples of 4. */
  readonly vector: boolean;
}

const n = (value: number) => String(value);
const count = (many: number) => Array.from({ length: many }, (_, i) => i);

const params = /* wgsl */ `
struct Params { m: u32, n: u32, k: u32, part: u32 }`;

/** Bindings: a, b, (bias,) c, params. */
function bindings(bias: boolean, element: string, result = element): string {
  const c = bias ? 3 : 2;
  return /* wgsl */ `${params}
@group(0) @binding(0) var<storage, read> a: array<${element}>;
@group(0) @binding(1) var<storage, read> b: array<${element}>;
${bias ? `@group(0) @binding(2) var<storage, read> bias: array<${element}>;` : ''}
@group(0) @binding(${String(c)}) var<storage, read_write> c: array<${result}>;
@group(0) @binding(${String(c + 1)}) var<uniform> p: Params;`;
}

export function matmulShader(variant: MatmulVariant, text: MatmulText): Shader {
  const cut = variant.kind === 'tiles' ? `tiles${String(variant.perThread)}` : 'registers';
  const { layout, bias, vector } = text;
  return {
    key: `matmul/${vector ? cut : 'single'}/${layout}${bias ? '/bias' : ''}`,
    inputs: bias ? 3 : 2,
    outputs: 1,
    code: () => {
      if (!vector) return single(text);
      return variant.kind === 'tiles' ? tiles(variant.perThread, text) : registers(text);
    },
  };
}

/** Rows and columns of C that one workgroup makes. */
export function tileOf(variant: MatmulVariant, vector: boolean): readonly [number, number] {
  if (!vector) return [8, 8];
  return variant.kind === 'tiles' ? [16 * variant.perThread, 16 * variant.perThread] : [32, 32];
}

/** Bytes of workgroup memory that a product's shader takes: two panels of vectors. */
export function workgroupBytesOf(variant: MatmulVariant, layout: Layout): number {
  if (variant.kind !== 'tiles') return 0;
  const side = 16 * variant.perThread;
  return 16 * (panelVectors(side, layout !== 'tn') + panelVectors(side, layout === 'nt'));
}

/** Vectors of a panel: rows of 5, one of them padding, where the source lies along k. */
function panelVectors(side: number, alongK: boolean): number {
  return alongK ? side * 5 : side * 4;
}

/** One element a thread: for widths that are no multiple of 4, such as the classifier's. */
function single({ layout, bias }: MatmulText): string {
  const at = {
    nn: 'a[row * p.k + k] * b[k * p.n + column]',
    nt: 'a[row * p.k + k] * b[column * p.k + k]',
    tn: 'a[k * p.m + row] * b[k * p.n + column]',
  }[layout];
  return /* wgsl */ `${bindings(bias, 'f32')}
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  let column = id.x;
  let row = id.y;
  let part = group.z;
  if (row >= p.m || column >= p.n) { return; }
  let first = part * p.part;
  let last = min(p.k, first + p.part);
  var sum = ${bias ? 'bias[column]' : '0.0'};
  for (var k = first; k < last; k++) { sum += ${at}; }
  c[(part * p.m + row) * p.n + column] = sum;
}`;
}

/** A 4 × 4 tile a thread, 8 × 8 threads a workgroup. Rows beyond the end read the last row and are not written. */
function registers({ layout, bias }: MatmulText): string {
  const rows = [0, 1, 2, 3];
  const clamp = (i: number, side: 'm' | 'n') => `min(${side === 'm' ? 'row' : 'column'} + ${n(i)}u, p.${side} - 1u)`;
  // The sum of tn may end anywhere: rows past the end are read at the last one and count 0.
  const kAt = (j: number) => (j === 0 ? 'k' : `min(k + ${n(j)}u, last - 1u)`);
  const tail = (j: number) => (j === 0 ? '' : ` * select(0.0, 1.0, k + ${n(j)}u < last)`);
  const step = {
    // a: vectors along k, b: vectors along n
    nn: /* wgsl */ `
    for (var k = first / 4u; k < last / 4u; k++) {
      let b0 = b[(4u * k) * width + at]; let b1 = b[(4u * k + 1u) * width + at];
      let b2 = b[(4u * k + 2u) * width + at]; let b3 = b[(4u * k + 3u) * width + at];
      ${rows.map((i) => `let a${n(i)} = a[rowAt${n(i)} + k];`).join(' ')}
      ${rows.map((i) => `s${n(i)} = fma(vec4(a${n(i)}.x), b0, fma(vec4(a${n(i)}.y), b1, fma(vec4(a${n(i)}.z), b2, fma(vec4(a${n(i)}.w), b3, s${n(i)}))));`).join('\n      ')}
    }`,
    // both along k
    nt: /* wgsl */ `
    for (var k = first / 4u; k < last / 4u; k++) {
      ${rows.map((i) => `let b${n(i)} = b[columnAt${n(i)} + k];`).join(' ')}
      ${rows.map((i) => `let a${n(i)} = a[rowAt${n(i)} + k];`).join(' ')}
      ${rows.map((i) => `s${n(i)} += vec4(${rows.map((j) => `dot(a${n(i)}, b${n(j)})`).join(', ')});`).join('\n      ')}
    }`,
    // a: vectors along m, b: vectors along n
    tn: /* wgsl */ `
    let high = p.m / 4u;
    for (var k = first; k < last; k += 4u) {
      ${rows.map((j) => `{ let av = a[${kAt(j)} * high + row / 4u]${tail(j)}; let bv = b[${kAt(j)} * width + at]; ${rows.map((i) => `s${n(i)} = fma(vec4(av[${n(i)}]), bv, s${n(i)});`).join(' ')} }`).join('\n      ')}
    }`,
  }[layout];
  const deep = 'p.k / 4u';
  return /* wgsl */ `${bindings(bias, 'vec4<f32>')}
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  let column = 4u * id.x;
  let row = 4u * id.y;
  let part = group.z;
  if (row >= p.m || column >= p.n) { return; }
  let width = p.n / 4u;
  let at = id.x;
  let first = part * p.part;
  let last = min(p.k, first + p.part);
  ${layout === 'tn' ? '' : rows.map((i) => `let rowAt${n(i)} = ${clamp(i, 'm')} * (${deep});`).join(' ')}
  ${layout === 'nt' ? rows.map((i) => `let columnAt${n(i)} = ${clamp(i, 'n')} * (${deep});`).join(' ') : ''}
  ${rows.map((i) => `var s${n(i)} = ${bias ? 'bias[at]' : 'vec4<f32>()'};`).join(' ')}
  ${step}
  let base = (part * p.m + row) * width + at;
  ${rows.map((i) => `if (row + ${n(i)}u < p.m) { c[base + ${n(i)}u * width] = s${n(i)}; }`).join('\n  ')}
}`;
}

/**
 * Panels of 16 along k in workgroup memory, kept as vectors in the direction in which the source is contiguous: along k
 * (rows of 5 vectors, one of them padding against bank conflicts) or along the side of the tile.
 */
function tiles(perThread: 4 | 8, { layout, bias }: MatmulText): string {
  const side = 16 * perThread;
  const quads = count(perThread / 4);
  const rows = count(perThread);
  const aAlongK = layout !== 'tn';
  const bAlongK = layout === 'nt';
  const name = (r: number, q: number) => `s${n(r)}_${n(q)}`;
  const sums = rows.flatMap((r) => quads.map((q) => [r, q] as const));
  const load = (to: string, source: string, alongK: boolean, edge: 'm' | 'n', origin: string) =>
    count((4 * side) / 256)
      .map((i) => {
        const index = `(thread + ${n(256 * i)}u)`;
        return alongK
          ? /* wgsl */ `{ let line = ${index} / 4u; let at = k0 / 4u + ${index} % 4u; var v = vec4<f32>();
      if (${origin} + line < p.${edge} && at < last / 4u) { v = ${source}[(${origin} + line) * (p.k / 4u) + at]; }
      ${to}[line * 5u + ${index} % 4u] = v; }`
          : /* wgsl */ `{ let line = k0 + ${index} / ${n(side / 4)}u; let at = ${origin} / 4u + ${index} % ${n(side / 4)}u; var v = vec4<f32>();
      if (line < last && at < p.${edge} / 4u) { v = ${source}[line * (p.${edge} / 4u) + at]; }
      ${to}[${index}] = v; }`;
      })
      .join('\n    ');
  const four = [0, 1, 2, 3];
  // Row r of a thread: 64 ⌊r / 4⌋ + 4 y + r mod 4.
  const line = (r: number) => `(${n(64 * Math.floor(r / 4))}u + 4u * y + ${n(r % 4)}u)`;
  const readA = aAlongK
    ? rows.map((r) => `let a${n(r)} = aPanel[${line(r)} * 5u + kk];`)
    : four.flatMap((j) =>
        quads.map((q) => `let a${n(j)}_${n(q)} = aPanel[(4u * kk + ${n(j)}u) * ${n(side / 4)}u + ${n(16 * q)}u + y];`),
      );
  const a = (r: number, j: number) => (aAlongK ? `a${n(r)}[${n(j)}]` : `a${n(j)}_${n(Math.floor(r / 4))}[${n(r % 4)}]`);
  const readB = bAlongK
    ? rows.map((i) => `let b${n(i)} = bPanel[(x + ${n(16 * i)}u) * 5u + kk];`)
    : four.flatMap((j) =>
        quads.map((q) => `let b${n(j)}_${n(q)} = bPanel[(4u * kk + ${n(j)}u) * ${n(side / 4)}u + ${n(16 * q)}u + x];`),
      );
  const add = bAlongK
    ? sums.map(([r, q]) => `${name(r, q)} += vec4(${four.map((i) => `dot(a${n(r)}, b${n(4 * q + i)})`).join(', ')});`)
    : four.flatMap((j) =>
        sums.map(([r, q]) => `${name(r, q)} = fma(vec4(${a(r, j)}), b${n(j)}_${n(q)}, ${name(r, q)});`),
      );
  // Columns of a thread: 64 q + 4 x … where b lies along its side, x + 16 i where it lies along k.
  const write = bAlongK
    ? sums.flatMap(([r, q]) =>
        four.map((i) => {
          const column = `(n0 + x + ${n(16 * (4 * q + i))}u)`;
          return `if (m0 + ${line(r)} < p.m && ${column} < p.n) { c[(part * p.m + m0 + ${line(r)}) * p.n + ${column}] = ${name(r, q)}[${n(i)}]; }`;
        }),
      )
    : sums.map(([r, q]) => {
        const column = `(n0 / 4u + ${n(16 * q)}u + x)`;
        const value = `${name(r, q)}${bias ? ` + bias[${column}]` : ''}`;
        return `if (m0 + ${line(r)} < p.m && ${column} < p.n / 4u) { c[(part * p.m + m0 + ${line(r)}) * (p.n / 4u) + ${column}] = ${value}; }`;
      });
  return /* wgsl */ `${bindings(bias, 'vec4<f32>', bAlongK ? 'f32' : 'vec4<f32>')}
var<workgroup> aPanel: array<vec4<f32>, ${n(panelVectors(side, aAlongK))}>;
var<workgroup> bPanel: array<vec4<f32>, ${n(panelVectors(side, bAlongK))}>;
@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let m0 = group.y * ${n(side)}u;
  let n0 = group.x * ${n(side)}u;
  let part = group.z;
  let x = thread % 16u;
  let y = thread / 16u;
  let first = part * p.part;
  let last = min(p.k, first + p.part);
  ${sums.map(([r, q]) => `var ${name(r, q)} = vec4<f32>();`).join(' ')}
  for (var k0 = first; k0 < last; k0 += 16u) {
    ${load('aPanel', 'a', aAlongK, 'm', 'm0')}
    ${load('bPanel', 'b', bAlongK, 'n', 'n0')}
    workgroupBarrier();
    for (var kk = 0u; kk < 4u; kk++) {
      ${readA.join('\n      ')}
      ${readB.join('\n      ')}
      ${add.join('\n      ')}
    }
    workgroupBarrier();
  }
  ${write.join('\n  ')}
}`;
}

/** Adds up the parts of a product: c[i] = Σ_part parts[part, i], in order. Bindings: parts, c, params. */
export const sumPartsShader: Shader = {
  key: 'matmul/sumParts',
  inputs: 1,
  outputs: 1,
  code: () => /* wgsl */ `
struct Params { size: u32, parts: u32 }
@group(0) @binding(0) var<storage, read> parts: array<f32>;
@group(0) @binding(1) var<storage, read_write> c: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.size) { return; }
  var sum = 0.0;
  for (var part = 0u; part < p.parts; part++) { sum += parts[part * p.size + i]; }
  c[i] = sum;
}`,
};
