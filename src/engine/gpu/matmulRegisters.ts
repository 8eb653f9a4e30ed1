import { bindings, n, unscaled, wide, type MatmulText } from './matmulText.ts';

/** One element a thread: for widths that are no multiple of 4, such as the classifier's. */
export function single(text: MatmulText): string {
  const { layout, bias } = text;
  const at = {
    nn: 'a[row * p.k + k] * b[k * p.n + column]',
    nt: 'a[row * p.k + k] * b[column * p.k + k]',
    tn: 'a[k * p.m + row] * b[k * p.n + column]',
  }[layout];
  return /* wgsl */ `${bindings(text, 'f32')}
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
export function registers(text: MatmulText): string {
  const { layout, bias } = text;
  const rows = [0, 1, 2, 3];
  const clamp = (i: number, side: 'm' | 'n') => `min(${side === 'm' ? 'row' : 'column'} + ${n(i)}u, p.${side} - 1u)`;
  // The sum of tn may end anywhere: rows past the end are read at the last one and count 0.
  const kAt = (j: number) => (j === 0 ? 'k' : `min(k + ${n(j)}u, last - 1u)`);
  const tail = (j: number) => (j === 0 ? '' : ` * select(0.0, 1.0, k + ${n(j)}u < last)`);
  const a = (index: string) => wide(text, `a[${index}]`);
  const b = (index: string) => wide(text, `b[${index}]`);
  const step = {
    // a: vectors along k, b: vectors along n
    nn: /* wgsl */ `
    for (var k = first / 4u; k < last / 4u; k++) {
      let b0 = ${b('(4u * k) * width + at')}; let b1 = ${b('(4u * k + 1u) * width + at')};
      let b2 = ${b('(4u * k + 2u) * width + at')}; let b3 = ${b('(4u * k + 3u) * width + at')};
      ${rows.map((i) => `let a${n(i)} = ${a(`rowAt${n(i)} + k`)};`).join(' ')}
      ${rows.map((i) => `s${n(i)} = fma(vec4(a${n(i)}.x), b0, fma(vec4(a${n(i)}.y), b1, fma(vec4(a${n(i)}.z), b2, fma(vec4(a${n(i)}.w), b3, s${n(i)}))));`).join('\n      ')}
    }`,
    // both along k
    nt: /* wgsl */ `
    for (var k = first / 4u; k < last / 4u; k++) {
      ${rows.map((i) => `let b${n(i)} = ${b(`columnAt${n(i)} + k`)};`).join(' ')}
      ${rows.map((i) => `let a${n(i)} = ${a(`rowAt${n(i)} + k`)};`).join(' ')}
      ${rows.map((i) => `s${n(i)} += vec4(${rows.map((j) => `dot(a${n(i)}, b${n(j)})`).join(', ')});`).join('\n      ')}
    }`,
    // a: vectors along m, b: vectors along n
    tn: /* wgsl */ `
    let high = p.m / 4u;
    for (var k = first; k < last; k += 4u) {
      ${rows.map((j) => `{ let av = ${a(`${kAt(j)} * high + row / 4u`)}${tail(j)}; let bv = ${b(`${kAt(j)} * width + at`)}; ${rows.map((i) => `s${n(i)} = fma(vec4(av[${n(i)}]), bv, s${n(i)});`).join(' ')} }`).join('\n      ')}
    }`,
  }[layout];
  const deep = 'p.k / 4u';
  return /* wgsl */ `${bindings(text, 'vec4<f32>')}
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
  ${rows.map((i) => `if (row + ${n(i)}u < p.m) { c[base + ${n(i)}u * width] = ${unscaled(text, `s${n(i)}`)}; }`).join('\n  ')}
}`;
}
