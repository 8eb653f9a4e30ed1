import type { Database } from './database.ts';
import { read } from './transact.ts';

/** Bytes that each kind of kept things takes, about: the browser tells no more than the sum of all. */
export interface Room {
  readonly datasets: number;
  /** With their predictions. */
  readonly runs: number;
  readonly models: number;
  /** With the first stages that runs share. */
  readonly snapshots: number;
  readonly answers: number;
  readonly checkpoints: number;
}

/** Measures by reading every record once. */
export async function roomByKind(database: Database): Promise<Room> {
  const stores = [
    'sentences',
    'runs',
    'predictions',
    'models',
    'snapshots',
    'stages',
    'answers',
    'checkpoints',
  ] as const;
  return read(database, [...stores], async (transaction) => {
    const room = { datasets: 0, runs: 0, models: 0, snapshots: 0, answers: 0, checkpoints: 0 };
    // One record at a time: a snapshot may have 70 MB.
    for await (const { value } of transaction.objectStore('sentences'))
      room.datasets += JSON.stringify(value.sentences).length;
    for await (const { value } of transaction.objectStore('runs')) room.runs += JSON.stringify(value).length;
    for await (const { value } of transaction.objectStore('predictions')) room.runs += JSON.stringify(value).length;
    for await (const { value } of transaction.objectStore('models'))
      for (const bytes of value.files.values()) room.models += bytes.length;
    for await (const { value } of transaction.objectStore('snapshots')) room.snapshots += value.bytes.length;
    for await (const { value } of transaction.objectStore('stages')) room.snapshots += value.bytes.length;
    for await (const { value } of transaction.objectStore('answers')) room.answers += JSON.stringify(value).length;
    for await (const { value } of transaction.objectStore('checkpoints')) room.checkpoints += value.bytes?.length ?? 0;
    return room;
  });
}
