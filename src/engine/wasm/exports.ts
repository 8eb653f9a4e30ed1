/** Byte address of an array in tfjs-wasm's heap; 0 = absent, where a kernel allows that. */
export type Address = number;

/**
 * What the modules of `binaries.ts` export; the formulas stand with the sources in `assembly/`. Sizes count elements, matrices
 * are float32 row by row, integers 32 bits. `key` is the address of a dropout key, see `DropoutWords` in `heap.ts`. `scratch`
 * needs as many bytes as the matching `…ScratchBytes` says, and nothing is kept in it between calls. Those of `threads/job.ts` do a
 * part of the work in one call, and take their scratch as the last argument.
 */
export interface KernelExports {
  productScratchBytes(): number;
  /**
   * c = a b (+ bias)        a [m, k], b [k, n], bias [n] or 0 → c [m, n]; `add` 1 adds to what c holds, 0 overwrites it.
   * `aAcross` 1: a lies as [k, m]; `bAlong` 1: b lies as [n, k]. Widths are the floats from one row in memory to the next.
   */
  product(
    aAcross: 0 | 1,
    bAlong: 0 | 1,
    m: number,
    n: number,
    k: number,
    a: Address,
    aWidth: number,
    b: Address,
    bWidth: number,
    c: Address,
    cWidth: number,
    bias: Address,
    add: 0 | 1,
    scratch: Address,
  ): void;

  /** y = f(x); kind 0 = GELU, 1 = its tanh form, 2 = ReLU. */
  activate(count: number, kind: number, x: Address, y: Address): void;
  /** dx = dy f′(x); dx may be dy. */
  activateGrad(count: number, kind: number, dy: Address, x: Address, dx: Address): void;

  layerNormScratchBytes(width: number): number;
  /**
   * y, ŝ (`normed`) [rows, width] and 1 / √(var + ε) (`inverse`) [rows] of residual + mask ∘ x; residual and key may be 0.
   * `from` is the number of the first row in the whole.
   */
  layerNorm(
    from: number,
    rows: number,
    width: number,
    x: Address,
    residual: Address,
    key: Address,
    gamma: Address,
    beta: Address,
    epsilon: number,
    y: Address,
    normed: Address,
    inverse: Address,
    scratch: Address,
  ): void;
  /** `dx` is written only where there is a key. */
  layerNormGrad(
    from: number,
    rows: number,
    width: number,
    dy: Address,
    normed: Address,
    inverse: Address,
    key: Address,
    gamma: Address,
    dx: Address,
    dresidual: Address,
    scratch: Address,
  ): void;

  dropoutScratchBytes(): number;
  /** y = x ∘ mask of places [0, count); y may be x. */
  dropout(count: number, x: Address, key: Address, y: Address, scratch: Address): void;
  /** The mask of places [start, start + count). */
  dropoutMask(count: number, key: Address, start: number, out: Address, scratch: Address): void;

  attentionScratchBytes(longest: number, depth: number): number;
  /**
   * context [rows, heads · depth], raised [Σ heads · T²] = exp(S − max S), negative where the mask drops, and inverses
   * [Σ heads · T] = 1 / Σ of it by query; offsets are batch + 1 integers. Does the heads
   * [from, to) of those of all sequences.
   */
  attend(
    rows: number,
    batch: number,
    heads: number,
    depth: number,
    offsets: Address,
    from: number,
    to: number,
    q: Address,
    k: Address,
    v: Address,
    key: Address,
    context: Address,
    raised: Address,
    inverses: Address,
    scratch: Address,
  ): void;
  attendGrad(
    rows: number,
    batch: number,
    heads: number,
    depth: number,
    offsets: Address,
    from: number,
    to: number,
    dcontext: Address,
    q: Address,
    k: Address,
    v: Address,
    context: Address,
    raised: Address,
    inverses: Address,
    key: Address,
    dq: Address,
    dk: Address,
    dv: Address,
    scratch: Address,
  ): void;

  /** word[ids[n]] + position[positions[n]] + type[0] → out [rows, width]. */
  embed(
    rows: number,
    width: number,
    ids: Address,
    positions: Address,
    word: Address,
    position: Address,
    type: Address,
    out: Address,
  ): void;
  /** out [count, width] = 0, then out[index[n]] += ds[n] in the order of n. */
  scatterAdd(rows: number, width: number, index: Address, ds: Address, count: number, out: Address): void;

  /**
   * Returns the sum of the losses, each of its row's form [3] in `forms`; dz takes `share` times its gradient. Negative labels
   * are not scored.
   */
  crossEntropy(
    rows: number,
    width: number,
    z: Address,
    labels: Address,
    forms: Address,
    share: number,
    dz: Address,
  ): number;

  /** m and v in place, the new p to `out`, which may be p. */
  adamw(
    count: number,
    p: Address,
    m: Address,
    v: Address,
    g: Address,
    out: Address,
    clip: number,
    shrink: number,
    rate: number,
    correction: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void;

  sumOfSquares(count: number, x: Address): number;
  /** Bytes that `sumRows` needs as `scratch`. */
  columnBytes(count: number): number;
  /** out[h] = Σ_n x[n, h] f[n, h] over `count` columns of rows `width` floats apart; f may be 0 for ones. */
  sumRows(rows: number, width: number, count: number, x: Address, f: Address, out: Address, scratch: Address): void;
}
