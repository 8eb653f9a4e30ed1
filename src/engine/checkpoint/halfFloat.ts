/** Float32 of every F16 number, made when first needed: 65,536 entries. */
let table: Float32Array | null = null;

function tableOfHalves(): Float32Array {
  if (table !== null) return table;
  table = new Float32Array(65536);
  for (let half = 0; half < 65536; half++) table[half] = halfValue(half);
  return table;
}

/** One IEEE 754 binary16 number: sign, 5 bits of exponent (bias 15), 10 bits of fraction. */
function halfValue(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Widens 16-bit numbers, exactly: F16, or BF16, which is the upper half of a float32. */
export function halfToFloat32(halves: Uint16Array, dtype: 'F16' | 'BF16'): Float32Array {
  const out = new Float32Array(halves.length);
  if (dtype === 'BF16') {
    const bits = new Uint32Array(out.buffer);
    for (let i = 0; i < bits.length; i++) bits[i] = halves[i]! << 16;
    return out;
  }
  const values = tableOfHalves();
  for (let i = 0; i < out.length; i++) out[i] = values[halves[i]!]!;
  return out;
}
