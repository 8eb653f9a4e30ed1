import { packAcross, packAlong } from './pack';
import { aligned } from './simd';
import { tile, tileColumns, tileRows } from './tile';

/**
 * Matrix products in panels, after Goto & van de Geijn, "Anatomy of high-performance matrix multiplication", 2008: a block of
 * `a` that stays in the second-level cache, one panel of `b` at a time in the first, sums in registers.
 */
const blockRows: usize = 240; // a multiple of 5 and of 6
const blockDepth: usize = 384;

const blockBytes = blockRows * blockDepth * 4;
const panelBytes = blockDepth * tileColumns * 4;
const edgeStride = tileColumns * 4;
const edgeBytes = tileRows * edgeStride;

/** Bytes that a matrix product needs as `scratch`. */
export function productScratchBytes(): usize {
  return blockBytes + panelBytes + edgeBytes + 64;
}

/**
 * c = a b (+ bias) or, where `add`, c + a b        a [m, k], b [k, n], bias [n] or 0 → c [m, n]
 *
 * aWidth, bWidth and cWidth are the floats from one row to the next as the matrices lie in memory: parts of matrices have
 * those of the whole. aAcross says that `a` lies as [k, m], bAlong that `b` lies as [n, k]. An element has the same bits in
 * whatever part it is made, since it is summed over k alone.
 */
export function product(
  aAcross: bool,
  bAlong: bool,
  m: usize,
  n: usize,
  k: usize,
  a: usize,
  aWidth: usize,
  b: usize,
  bWidth: usize,
  c: usize,
  cWidth: usize,
  bias: usize,
  add: bool,
  scratch: usize,
): void {
  const block = aligned(scratch);
  const panel = block + blockBytes;
  const edge = panel + panelBytes;
  const aStride = aWidth * 4;
  const bStride = bWidth * 4;
  const cStride = cWidth * 4;
  const depth = evenly(k, blockDepth, 4);
  const height = evenly(m, blockRows, tileRows);
  for (let k0: usize = 0; k0 < k; k0 += depth) {
    const kSize = min(depth, k - k0);
    const onTop = add || k0 != 0;
    for (let i0: usize = 0; i0 < m; i0 += height) {
      const iEnd = min(i0 + height, m);
      for (let i = i0, to = block; i < iEnd; i += tileRows, to += kSize * tileRows * 4) {
        const lines = min(tileRows, iEnd - i);
        if (aAcross) packAcross(tileRows, a + k0 * aStride + i * 4, aStride, lines, kSize, to);
        else packAlong(tileRows, a + i * aStride + k0 * 4, aStride, lines, kSize, to);
      }
      for (let j: usize = 0; j < n; j += tileColumns) {
        const columns = min(tileColumns, n - j);
        if (bAlong) packAlong(tileColumns, b + j * bStride + k0 * 4, bStride, columns, kSize, panel);
        else packAcross(tileColumns, b + k0 * bStride + j * 4, bStride, columns, kSize, panel);
        for (let i = i0, from = block; i < iEnd; i += tileRows, from += kSize * tileRows * 4) {
          const rows = min(tileRows, iEnd - i);
          const to = c + i * cStride + j * 4;
          const init = onTop ? to : bias != 0 ? bias + j * 4 : 0;
          const initStride = onTop ? cStride : 0;
          if (rows == tileRows && columns == tileColumns) {
            tile(kSize, from, panel, to, cStride, init, initStride);
          } else {
            if (init != 0) copyEdge(edge, edgeStride, init, initStride, rows, columns);
            tile(kSize, from, panel, edge, edgeStride, init != 0 ? edge : 0, edgeStride);
            copyEdge(to, cStride, edge, edgeStride, rows, columns);
          }
        }
      }
    }
  }
}

/** The size of equal parts of `total`, each at most `most`, rounded up to a multiple of `unit` (which divides `most`). */
function evenly(total: usize, most: usize, unit: usize): usize {
  const parts = (total + most - 1) / most;
  if (parts == 0) return unit;
  const size = (total + parts - 1) / parts;
  return ((size + unit - 1) / unit) * unit;
}

/** Copies the part of a tile that lies within the matrix, so that nothing beyond its edge is read or written. */
function copyEdge(to: usize, toStride: usize, from: usize, fromStride: usize, rows: usize, columns: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns; j++) {
      store<f32>(to + i * toStride + j * 4, load<f32>(from + i * fromStride + j * 4));
    }
  }
}
