import * as tf from '@tensorflow/tfjs-core';
import type { Encoded } from './encode.ts';
import { compactTable, wordTable, type Tensor32 } from '../model/parameters.ts';

/** Word rows of pieces that dev or test hold and training does not: they stand behind the compact table when dev is scored. */
export interface ExtraRows {
  readonly ids: Int32Array;
  readonly values: Tensor32;
  rowOf(id: number): number;
}

export function extraRowsOf(full: Tensor32, pieceIds: Int32Array, sentences: readonly Encoded[]): ExtraRows {
  const known = new Set(pieceIds);
  const extra = new Set<number>();
  for (const { windows } of sentences)
    for (const { ids } of windows) for (const id of ids) if (!known.has(id)) extra.add(id);
  const ids = Int32Array.from(extra).sort();
  const rows = new Map([...pieceIds, ...ids].map((id, row) => [id, row]));
  return { ids, values: compactTable(full, ids), rowOf: (id) => rows.get(id) ?? 0 };
}

/** Runs `body` with parameters whose word table also holds the extra rows, shrunk as far as training has come. */
export async function withExtraRows<T>(
  parameters: ReadonlyMap<string, tf.Tensor>,
  extra: ExtraRows,
  shrink: number,
  body: (parameters: ReadonlyMap<string, tf.Tensor>) => Promise<T>,
): Promise<T> {
  const table = parameters.get(wordTable);
  if (table === undefined || extra.ids.length === 0) return body(parameters);
  const joined = tf.tidy(() => {
    const rows = tf.tensor(extra.values.values, [...extra.values.shape], 'float32');
    return tf.concat([table, tf.mul(rows, shrink)], 0);
  });
  try {
    return await body(new Map(parameters).set(wordTable, joined));
  } finally {
    joined.dispose();
  }
}
