import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { loadModel } from '../../../src/storage/models.ts';
import { loadRun } from '../../../src/storage/runs.ts';
import { newestSnapshot } from '../../../src/storage/snapshots.ts';
import { nextMessageTask } from '../../../src/worker/env.ts';
import type { Note, PageTrainEvent, TrainOutcome } from '../../../src/worker/protocol.ts';
import { tinyConfig, tinyRequest } from '../../support/tinyData.ts';
import { createHarness, tinyUrl } from '../../support/workerHarness.ts';

let database: Database;
const { put, add } = IDBObjectStore.prototype;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
});
afterEach(() => {
  Object.assign(IDBObjectStore.prototype, { put, add });
});

/** Lets the first `room` writes pass and refuses all others, as a disk that has run full; tells how many were asked for. */
function diskWithRoomFor(room: number): { readonly asked: () => number } {
  let asked = 0;
  for (const [name, method] of Object.entries({ put, add })) {
    IDBObjectStore.prototype[name as 'put' | 'add'] = function (this: IDBObjectStore, ...args) {
      if (asked++ >= room) throw new DOMException('no room', 'QuotaExceededError');
      return method.apply(this, args);
    };
  }
  return { asked: () => asked };
}

/** A short run whose snapshots are due after each step. */
async function train(runId: string, resume: boolean): Promise<{ outcome: TrainOutcome | null; notes: Note[] }> {
  let tasks = 0;
  const clock = { now: () => tasks * 25_000, nextTask: () => (tasks++, nextMessageTask()) };
  const { client } = createHarness(clock);
  const events: PageTrainEvent[] = [];
  const request = tinyRequest(runId, tinyUrl, { config: { ...tinyConfig, steps: 3 }, resume });
  const outcome = await client
    .train(request, (event) => events.push(event))
    .done.catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'storage-full' });
      return null;
    });
  client.close();
  return { outcome, notes: events.flatMap((event) => (event.kind === 'note' ? [event.note] : [])) };
}

const weightsOf = async (id: string) => (await loadModel(database, id))?.files.get('model.safetensors');

test('a disk that runs full at any write loses nothing that was told as kept, and with room again the end is the same', async () => {
  const disk = diskWithRoomFor(Infinity);
  await train('whole', false);
  const writes = disk.asked();
  expect(writes).toBeGreaterThan(10);
  const whole = await weightsOf('whole');

  for (let room = 0; room < writes; room++) {
    const id = `room ${String(room)}`;
    globalThis.indexedDB = new IDBFactory();
    database = await openDatabase();
    diskWithRoomFor(room);
    const { outcome, notes } = await train(id, false);
    Object.assign(IDBObjectStore.prototype, { put, add }); // somebody has made room
    const stored = await loadRun(database, id);
    if (outcome?.kind !== 'finished') {
      // It could not even be entered: the page has its sentence.
      expect(stored, id).toBeNull();
      continue;
    }
    // Whatever is not stored has been told.
    const told = notes.find(({ what }) => what === 'model-not-saved');
    expect(told, id).toBeDefined();
    expect(await weightsOf(id), id).toBeUndefined();
    const recordKept = told?.what === 'model-not-saved' && told.recordKept;
    expect(stored?.record !== null, id).toBe(recordKept);
    if (recordKept) continue;
    const before = (await newestSnapshot(database, id)).good?.step ?? 0;
    const again = await train(id, true);
    expect(again.outcome?.kind, id).toBe('finished');
    expect(await weightsOf(id), id).toEqual(whole);
    expect(
      (await loadRun(database, id))?.record?.curve.map(({ step }) => step),
      id,
    ).toEqual([1, 2, 3]);
    const gone = again.notes.some(({ what }) => what === 'no-snapshot');
    expect(gone, id).toBe(before === 0);
  }
});
