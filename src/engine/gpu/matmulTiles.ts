import { bindings, count, n, unscaled, wide, type Layout, type MatmulText } from './matmulText.ts';
import { halfQuad } from './snippets.ts';

/** Bytes of workgroup memory that a product's shader takes: two panels of vectors. */
export function tilesBytes(perThread: 4 | 8, layout: Layout, half: boolean): number {
  const side = 16 * perThread;
  return (half ? 8 : 16) * (panelVectors(side, layout !== 'tn') + panelVectors(side, layout === 'nt'));
}

/** Vectors of a panel: rows of 5, one of them padding, where the source lies along k. */
function panelVectors(side: number, alongK: boolean): number {
  return alongK ? side * 5 : side * 4;
}

/**
 * Panels of 16 along k in workgroup memory, kept as vectors in the direction in which the source is contiguous: along k
 * (rows of 5 vectors, one of them padding against bank conflicts) or along the side of the tile.
 */
export function tiles(perThread: 4 | 8, text: MatmulText): string {
  const { layout, bias } = text;
  const stored = text.half ? halfQuad : 'vec4<f32>';
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
          ? /* wgsl */ `{ let line = ${index} / 4u; let at = k0 / 4u + ${index} % 4u; var v = ${stored}();
      if (${origin} + line < p.${edge} && at < last / 4u) { v = ${source}[(${origin} + line) * (p.k / 4u) + at]; }
      ${to}[line * 5u + ${index} % 4u] = v; }`
          : /* wgsl */ `{ let line = k0 + ${index} / ${n(side / 4)}u; let at = ${origin} / 4u + ${index} % ${n(side / 4)}u; var v = ${stored}();
      if (line < last && at < p.${edge} / 4u) { v = ${source}[line * (p.${edge} / 4u) + at]; }
      ${to}[${index}] = v; }`;
      })
      .join('\n    ');
  const four = [0, 1, 2, 3];
  // Row r of a thread: 64 ⌊r / 4⌋ + 4 y + r mod 4.
  const line = (r: number) => `(${n(64 * Math.floor(r / 4))}u + 4u * y + ${n(r % 4)}u)`;
  const readA = aAlongK
    ? rows.map((r) => `let a${n(r)} = ${wide(text, `aPanel[${line(r)} * 5u + kk]`)};`)
    : four.flatMap((j) =>
        quads.map(
          (q) =>
            `let a${n(j)}_${n(q)} = ${wide(text, `aPanel[(4u * kk + ${n(j)}u) * ${n(side / 4)}u + ${n(16 * q)}u + y]`)};`,
        ),
      );
  const a = (r: number, j: number) => (aAlongK ? `a${n(r)}[${n(j)}]` : `a${n(j)}_${n(Math.floor(r / 4))}[${n(r % 4)}]`);
  const readB = bAlongK
    ? rows.map((i) => `let b${n(i)} = ${wide(text, `bPanel[(x + ${n(16 * i)}u) * 5u + kk]`)};`)
    : four.flatMap((j) =>
        quads.map(
          (q) =>
            `let b${n(j)}_${n(q)} = ${wide(text, `bPanel[(4u * kk + ${n(j)}u) * ${n(side / 4)}u + ${n(16 * q)}u + x]`)};`,
        ),
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
          return `if (m0 + ${line(r)} < p.m && ${column} < p.n) { c[(part * p.m + m0 + ${line(r)}) * p.n + ${column}] = ${unscaled(text, `${name(r, q)}[${n(i)}]`)}; }`;
        }),
      )
    : sums.map(([r, q]) => {
        const column = `(n0 / 4u + ${n(16 * q)}u + x)`;
        const value = `${unscaled(text, name(r, q))}${bias ? ` + bias[${column}]` : ''}`;
        return `if (m0 + ${line(r)} < p.m && ${column} < p.n / 4u) { c[(part * p.m + m0 + ${line(r)}) * (p.n / 4u) + ${column}] = ${value}; }`;
      });
  return /* wgsl */ `${bindings(text, 'vec4<f32>', bAlongK ? 'f32' : 'vec4<f32>')}
var<workgroup> aPanel: array<${stored}, ${n(panelVectors(side, aAlongK))}>;
var<workgroup> bPanel: array<${stored}, ${n(panelVectors(side, bAlongK))}>;
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
