import type { MatmulCut } from '../../run/events.ts';
import type { Shader } from './dispatch.ts';
import { registers, single } from './matmulRegisters.ts';
import type { Layout, MatmulText } from './matmulText.ts';
import { tiles, tilesBytes } from './matmulTiles.ts';

/**
 * How a product is cut up. `registers`: no barrier, every thread makes a 4 × 4 tile from vectors it loads itself; right where
 * barriers are dear (SwiftShader). `tiles`: 256 threads share panels of `16 · perThread` rows and columns in workgroup
 * memory; right on GPUs. `depth` > 1 cuts the sum over k into that many parts, for products with few tiles: parts are added
 * up in order by a second shader, without atomics.
 */
export type MatmulVariant = MatmulCut;

export function matmulShader(variant: MatmulVariant, text: MatmulText): Shader {
  const cut = variant.kind === 'tiles' ? `tiles${String(variant.perThread)}` : 'registers';
  const { layout, bias, vector, half, scaled } = text;
  const kind = `${layout}${bias ? '/bias' : ''}${half ? '/half' : ''}${scaled ? '/scaled' : ''}`;
  return {
    key: `matmul/${vector ? cut : 'single'}/${kind}`,
    inputs: bias || scaled ? 3 : 2,
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

/** Bytes of workgroup memory that a product's shader takes. */
export function workgroupBytesOf(variant: MatmulVariant, layout: Layout, half: boolean): number {
  return variant.kind === 'tiles' ? tilesBytes(variant.perThread, layout, half) : 0;
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
