import type { Shader } from './dispatch.ts';
import { dropFunctions, dropMembers, flatIndex, flatInputs } from './snippets.ts';

/**
 * Attention of packed sequences without ever writing the scores: a thread owns one row of one head and walks over the
 * keys (or queries) of its sequence, as FlashAttention does by tiles (Dao et al., arXiv 2205.14135). The gradient computes
 * each probability again from the saved maximum and 1 / Σ exp of its row, so nothing of size T² is kept. No barriers, no atomics.
 *
 *     delta_i = dc_i · c_i,   dS_ij = P_ij (M_ij dc_i · v_j − delta_i) / √D
 *     dq_i = Σ_j dS_ij k_j,   dk_j = Σ_i dS_ij q_i,   dv_j = Σ_i M_ij P_ij dc_i
 */

/** Whether heads of this depth fit the shaders: vectors of four, and few enough to stay in registers. */
export function headIsSupported(depth: number): boolean {
  return depth % 4 === 0 && depth <= 128;
}

const n = (value: number) => String(value);
const quadsOf = (depth: number) => Array.from({ length: depth / 4 }, (_, i) => i);

/** `name0 = source[at], …` for each vector of a head. */
const read = (depth: number, name: string, source: string, at: string) =>
  quadsOf(depth)
    .map((i) => `let ${name}${n(i)} = ${source}[${at} + ${n(i)}u];`)
    .join(' ');
const zeros = (depth: number, name: string) =>
  quadsOf(depth)
    .map((i) => `var ${name}${n(i)} = vec4<f32>();`)
    .join(' ');
const dotOf = (depth: number, a: string, b: string) =>
  quadsOf(depth)
    .map((i) => `dot(${a}${n(i)}, ${b}${n(i)})`)
    .join(' + ');
const write = (depth: number, target: string, at: string, value: (i: number) => string) =>
  quadsOf(depth)
    .map((i) => `${target}[${at} + ${n(i)}u] = ${value(i)};`)
    .join(' ');

function head(bindings: readonly string[], drop: boolean): string {
  const bound = bindings.map((text, i) => `@group(0) @binding(${n(i)}) var<storage, ${text};`).join('\n');
  return /* wgsl */ `
struct Params { rows: u32, heads: u32, scale: f32${drop ? `, ${dropMembers}` : ''} }
${bound}
@group(0) @binding(${n(bindings.length)}) var<uniform> p: Params;
${drop ? dropFunctions : ''}
@compute @workgroup_size(64)
fn main(${flatInputs}) {
  let flat = ${flatIndex(64)};
  if (flat >= p.rows * p.heads) { return; }
  let head = flat / p.rows;
  let row = flat % p.rows;`;
}

const reads = (names: readonly string[]) => names.map((name) => `read> ${name}: array<vec4<f32>>`);
const table = 'read> table: array<vec4<u32>>';

/** The mask of `place`; four neighbouring places share one draw, kept in `block` while a thread walks along a row. */
const walkKeep = /* wgsl */ `
    if ((place >> 2u) != drawn) { drawn = place >> 2u; block = keep4(drawn); }
    let keep = block[place & 3u];`;
const walkStart = 'var drawn = 0xffffffffu; var block = vec4<f32>();';

/** c, and (maximum, 1 / Σ exp) of the scores; the running maximum is taken out as it grows. Inputs q, k, v, table. */
export function attentionContextShader(depth: number, drop: boolean): Shader {
  const d4 = n(depth / 4);
  return {
    key: `attention/${n(depth)}${drop ? '/drop' : ''}`,
    inputs: 4,
    outputs: 2,
    code: () => /* wgsl */ `${head([...reads(['q', 'k', 'v']), table, 'read_write> context: array<vec4<f32>>', 'read_write> sums: array<vec2<f32>>'], drop)}
  let range = table[row];
  let own = (row * p.heads + head) * ${d4}u;
  ${read(depth, 'q', 'q', 'own')}
  ${zeros(depth, 'c')}
  var highest = -3.0e38;
  var sum = 0.0;
  ${drop ? `${walkStart} let firstPlace = range.z + (head * (range.y - range.x) + row - range.x) * (range.y - range.x);` : ''}
  for (var j = range.x; j < range.y; j++) {
    let at = (j * p.heads + head) * ${d4}u;
    ${read(depth, 'k', 'k', 'at')}
    let score = (${dotOf(depth, 'q', 'k')}) * p.scale;
    let top = max(highest, score);
    let shrink = exp(highest - top);
    let raised = exp(score - top);
    highest = top;
    sum = sum * shrink + raised;
    ${drop ? `let place = firstPlace + j - range.x;${walkKeep}` : ''}
    let weight = raised${drop ? ' * keep' : ''};
    ${quadsOf(depth)
      .map((i) => `c${n(i)} = fma(vec4(weight), v[at + ${n(i)}u], c${n(i)} * shrink);`)
      .join(' ')}
  }
  let inverse = select(0.0, 1.0 / sum, range.y > range.x);
  ${write(depth, 'context', 'own', (i) => `c${n(i)} * inverse`)}
  sums[flat] = vec2(highest, inverse);
}`,
  };
}

/** (maximum, 1 / Σ exp, delta) of each row and head. Inputs dcontext, context, sums. */
export function attentionStatsShader(depth: number): Shader {
  const d4 = n(depth / 4);
  return {
    key: `attentionStats/${n(depth)}`,
    inputs: 3,
    outputs: 1,
    code: () => /* wgsl */ `${head([...reads(['dc', 'c']), 'read> sums: array<vec2<f32>>', 'read_write> stats: array<vec4<f32>>'], false)}
  let own = (row * p.heads + head) * ${d4}u;
  ${read(depth, 'a', 'dc', 'own')}
  ${read(depth, 'b', 'c', 'own')}
  stats[flat] = vec4(sums[flat], ${dotOf(depth, 'a', 'b')}, 0.0);
}`,
  };
}

const gradInputs = [...reads(['q', 'k', 'v', 'dc']), 'read> stats: array<vec4<f32>>', table];

/** dq: a thread owns a query row. Inputs q, k, v, dcontext, stats, table. */
export function attentionQueriesShader(depth: number, drop: boolean): Shader {
  const d4 = n(depth / 4);
  return {
    key: `attentionQueries/${n(depth)}${drop ? '/drop' : ''}`,
    inputs: 6,
    outputs: 1,
    code: () => /* wgsl */ `${head([...gradInputs, 'read_write> dq: array<vec4<f32>>'], drop)}
  let range = table[row];
  let own = (row * p.heads + head) * ${d4}u;
  ${read(depth, 'q', 'q', 'own')}
  ${read(depth, 'g', 'dc', 'own')}
  ${zeros(depth, 'sum')}
  let stat = stats[flat];
  ${drop ? `${walkStart} let firstPlace = range.z + (head * (range.y - range.x) + row - range.x) * (range.y - range.x);` : ''}
  for (var j = range.x; j < range.y; j++) {
    let at = (j * p.heads + head) * ${d4}u;
    ${read(depth, 'k', 'k', 'at')}
    ${read(depth, 'v', 'v', 'at')}
    let probability = exp((${dotOf(depth, 'q', 'k')}) * p.scale - stat.x) * stat.y;
    ${drop ? `let place = firstPlace + j - range.x;${walkKeep}` : ''}
    let above = (${dotOf(depth, 'g', 'v')})${drop ? ' * keep' : ''};
    let ds = probability * (above - stat.z) * p.scale;
    ${quadsOf(depth)
      .map((i) => `sum${n(i)} = fma(vec4(ds), k${n(i)}, sum${n(i)});`)
      .join(' ')}
  }
  ${write(depth, 'dq', 'own', (i) => `sum${n(i)}`)}
}`,
  };
}

/** dk and dv: a thread owns a key row. Inputs as for the queries. */
export function attentionKeysShader(depth: number, drop: boolean): Shader {
  const d4 = n(depth / 4);
  return {
    key: `attentionKeys/${n(depth)}${drop ? '/drop' : ''}`,
    inputs: 6,
    outputs: 2,
    code: () => /* wgsl */ `${head([...gradInputs, 'read_write> dk: array<vec4<f32>>', 'read_write> dv: array<vec4<f32>>'], drop)}
  let range = table[row];
  let own = (row * p.heads + head) * ${d4}u;
  ${read(depth, 'k', 'k', 'own')}
  ${read(depth, 'v', 'v', 'own')}
  ${zeros(depth, 'sumK')}
  ${zeros(depth, 'sumV')}
  ${drop ? 'let size = range.y - range.x;' : ''}
  for (var i = range.x; i < range.y; i++) {
    let at = (i * p.heads + head) * ${d4}u;
    ${read(depth, 'q', 'q', 'at')}
    ${read(depth, 'g', 'dc', 'at')}
    let stat = stats[head * p.rows + i];
    let probability = exp((${dotOf(depth, 'q', 'k')}) * p.scale - stat.x) * stat.y;
    ${drop ? `let place = range.z + (head * size + i - range.x) * size + row - range.x; let keep = keep4(place >> 2u)[place & 3u];` : ''}
    let weight = probability${drop ? ' * keep' : ''};
    let ds = (weight * (${dotOf(depth, 'g', 'v')}) - probability * stat.z) * p.scale;
    ${quadsOf(depth)
      .map(
        (d) =>
          `sumK${n(d)} = fma(vec4(ds), q${n(d)}, sumK${n(d)}); sumV${n(d)} = fma(vec4(weight), g${n(d)}, sumV${n(d)});`,
      )
      .join(' ')}
  }
  ${write(depth, 'dk', 'own', (i) => `sumK${n(i)}`)}
  ${write(depth, 'dv', 'own', (i) => `sumV${n(i)}`)}
}`,
  };
}
