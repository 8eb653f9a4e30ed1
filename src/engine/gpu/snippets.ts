import type { DropoutKey } from '../kernels/dropout.ts';
import { f, u, type Word } from './dispatch.ts';

/** Flat index of an invocation under `fold`, for a workgroup of `size` in x. Put it into a shader's text as an expression. */
export const flatIndex = (size: number) => `(id.x + id.y * groups.x * ${String(size)}u)`;

/** The built-in values that `flatIndex` reads. */
export const flatInputs = '@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>';

/** Members of a uniform struct that `dropFunctions` reads; `dropWords` fills them. */
export const dropMembers = 'seed: u32, step: u32, site: u32, threshold: u32, kept: f32, firstBlock: u32';

/** The key's `start` must be a multiple of 4. */
export function dropWords({ seed, step, site, rate, start = 0 }: DropoutKey): Word[] {
  return [u(seed >>> 0), u(step), u(site), u(Math.floor(rate * 4294967296)), f(1 / (1 - rate)), u(start / 4)];
}

/**
 * `keep4(block)` gives the mask of places 4 · block … 4 · block + 3, counted from the key's start, as `core/dropoutMask.ts` draws it: Philox4x32-10 with
 * counter [block, site, step, 0] and key [seed, 0x5e1d], kept where the word is at least the threshold.
 */
export const dropFunctions = /* wgsl */ `
fn mulHigh(a: u32, b: u32) -> u32 {
  let al = a & 0xffffu; let ah = a >> 16u; let bl = b & 0xffffu; let bh = b >> 16u;
  let low = al * bl;
  let middle = ah * bl + (low >> 16u);
  let cross = al * bh + (middle & 0xffffu);
  return ah * bh + (middle >> 16u) + (cross >> 16u);
}
fn keep4(block: u32) -> vec4<f32> {
  var c = vec4<u32>(block + p.firstBlock, p.site, p.step, 0u);
  var key = vec2<u32>(p.seed, 0x5e1du);
  for (var round = 0u; round < 10u; round++) {
    let high0 = mulHigh(0xd2511f53u, c.x);
    let high1 = mulHigh(0xcd9e8d57u, c.z);
    c = vec4<u32>(high1 ^ c.y ^ key.x, 0xcd9e8d57u * c.z, high0 ^ c.w ^ key.y, 0xd2511f53u * c.x);
    key += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
  }
  return select(vec4<f32>(), vec4<f32>(p.kept), c >= vec4<u32>(p.threshold));
}`;

/** A function of what the 64 lanes of a workgroup have, by a tree of fixed shape. Call it from uniform control flow. */
const tree = (name: string, both: (a: string, b: string) => string) => /* wgsl */ `
var<workgroup> scratch: array<f32, 64>;
fn ${name}(value: f32, lane: u32) -> f32 {
  scratch[lane] = value;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half >>= 1u) {
    if (lane < half) { scratch[lane] = ${both('scratch[lane]', 'scratch[lane + half]')}; }
    workgroupBarrier();
  }
  let result = scratch[0];
  workgroupBarrier();
  return result;
}`;

/** `total(value, lane)`: the sum over the lanes. */
export const totalFunction = tree('total', (a, b) => `${a} + ${b}`);

/** `largestOf(value, lane)`: the largest of the lanes. */
export const largestFunction = tree('largestOf', (a, b) => `max(${a}, ${b})`);

/** The sum of a vector's four members, in order. */
export const sum4Function = /* wgsl */ `
fn sum4(v: vec4<f32>) -> f32 { return v.x + v.y + v.z + v.w; }`;

/** Four numbers of half precision as a shader finds them in a buffer, and `wide`, which makes them a vector of float32. */
export const halfQuad = 'vec2<u32>';
export const halfFunctions = /* wgsl */ `
fn wide(q: vec2<u32>) -> vec4<f32> { return vec4<f32>(unpack2x16float(q.x), unpack2x16float(q.y)); }
fn narrow(v: vec4<f32>) -> vec2<u32> { return vec2<u32>(pack2x16float(v.xy), pack2x16float(v.zw)); }`;
