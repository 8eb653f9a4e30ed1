import 'fake-indexeddb/auto';
import { afterEach, expect, test, vi } from 'vitest';
import { waitingRun } from '../../../src/state/waitingRun.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { loadRun, saveRun, updateRun } from '../../../src/storage/runs.ts';
import { saveSnapshot } from '../../../src/storage/snapshots.ts';
import { RunKeeper } from '../../../src/worker/runKeeper.ts';
import { tinyRequest } from '../../support/tinyData.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test('notes typed while the snapshot of a run is looked at stay', async () => {
  const database = await openDatabase();
  const request = tinyRequest('r', 'x/', { resume: true });
  await saveRun(database, { ...waitingRun(request, 1), notes: 'old', steps: 7 });
  await saveSnapshot(database, { runId: 'r', step: 3, bytes: Uint8Array.of(1, 2) }, { step: 3 });
  const digest = crypto.subtle.digest.bind(crypto.subtle);
  const looking = vi.spyOn(crypto.subtle, 'digest').mockImplementation(async (...args) => {
    await updateRun(database, 'r', { notes: 'typed meanwhile', pinned: true });
    return digest(...args);
  });
  const keeper = await RunKeeper.begin(database, () => 5, request, 'here');
  expect(looking).toHaveBeenCalledOnce();
  expect(keeper.step).toBe(3);
  expect(await loadRun(database, 'r')).toMatchObject({
    ...{ notes: 'typed meanwhile', pinned: true, status: 'running', step: 3, steps: 7, createdMs: 1, updatedMs: 5 },
    log: [{ ms: 5, what: 'gone-on', step: 3, detail: 'here' }],
  });
  database.close();
});
