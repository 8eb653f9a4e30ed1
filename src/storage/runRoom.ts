import type { Database } from './database.ts';
import { read } from './transact.ts';

/** What a run keeps besides its record. */
export interface RunRoom {
  /** 0 where its weights are not kept. */
  readonly modelBytes: number;
  /** Oldest first. */
  readonly snapshots: readonly { readonly step: number; readonly sizeBytes: number }[];
}

/** Measures by reading; one record is in memory at a time, for a snapshot may have 70 MB. */
export async function roomOfRun(database: Database, id: string): Promise<RunRoom> {
  return read(database, ['models', 'snapshots'], async (transaction) => {
    const model = await transaction.objectStore('models').get(id);
    const modelBytes = [...(model?.files.values() ?? [])].reduce((sum, { length }) => sum + length, 0);
    const snapshots: { step: number; sizeBytes: number }[] = [];
    for await (const { value } of transaction.objectStore('snapshots').index('runId').iterate(id))
      snapshots.push({ step: value.step, sizeBytes: value.bytes.length });
    return { modelBytes, snapshots };
  });
}
