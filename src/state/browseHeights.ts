/**
 * Heights of the rows of a long list, in pixels: guessed until measured. Sums are kept in a Fenwick tree (P. M. Fenwick, "A
 * new data structure for cumulative frequency tables", 1994), so that 100,000 rows cost 17 additions a question.
 */
export class Heights {
  readonly #heights: Float64Array;
  readonly #tree: Float64Array;

  constructor(count: number, guess: (row: number) => number) {
    this.#heights = Float64Array.from({ length: count }, (_, row) => guess(row));
    this.#tree = new Float64Array(count + 1);
    for (let i = 1; i <= count; i++) {
      this.#tree[i]! += this.#heights[i - 1]!;
      const parent = i + (i & -i);
      if (parent <= count) this.#tree[parent]! += this.#tree[i]!;
    }
  }

  get count(): number {
    return this.#heights.length;
  }

  get total(): number {
    return this.top(this.count);
  }

  of(row: number): number {
    return this.#heights[row] ?? 0;
  }

  /** Where a row begins: the heights of all rows before it. */
  top(row: number): number {
    let sum = 0;
    for (let i = Math.min(row, this.count); i > 0; i -= i & -i) sum += this.#tree[i]!;
    return sum;
  }

  /** The row at a height, the last one below the end; 0 where there is none. */
  at(y: number): number {
    let [row, rest] = [0, y];
    for (let step = 2 ** Math.floor(Math.log2(this.count + 1)); step >= 1; step /= 2) {
      const next = row + step;
      if (next <= this.count && this.#tree[next]! <= rest) {
        row = next;
        rest -= this.#tree[next]!;
      }
    }
    return Math.max(0, Math.min(row, this.count - 1));
  }

  /** Takes a measured height; gives by how much it differs from the one before. */
  measure(row: number, height: number): number {
    const change = height - this.of(row);
    if (row >= this.count || change === 0) return 0;
    this.#heights[row] = height;
    for (let i = row + 1; i <= this.count; i += i & -i) this.#tree[i]! += change;
    return change;
  }
}
