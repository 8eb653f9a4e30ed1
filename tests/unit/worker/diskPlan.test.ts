import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { pieceIdsOf, encodeLabelled } from '../../../src/engine/train/encode.ts';
import { loadCheckpoint } from '../../../src/engine/checkpoint/load.ts';
import { filesSource } from '../../../src/engine/checkpoint/sources.ts';
import { tagsOfData } from '../../../src/run/dataDigest.ts';
import { costOf, costRuns, recordBytes } from '../../../src/run/experiment/cost.ts';
import { parameterCount } from '../../../src/run/memory.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { roomByKind } from '../../../src/storage/room.ts';
import { createTokenizer } from '../../../src/tokenizer/tokenizer.ts';
import { fetchOf, tinyCheckpoint } from '../../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData, tinyRequest } from '../../support/tinyData.ts';
import { createHarness, tinyUrl } from '../../support/workerHarness.ts';

/** Wide enough that weights outweigh the names of the tensors and the model's card. */
const files = tinyCheckpoint(1, 64);
let database: Database;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
});

/** `measured` lies within `share` of `planned`. */
function near(measured: number, planned: number, share: number, what: string): void {
  expect(Math.abs(measured / planned - 1), `${what}: ${String(measured)} of ${String(planned)}`).toBeLessThan(share);
}

test('the room that an experiment was planned to take is what it takes, at its worst moment and at its end', async () => {
  const configs = [0, 1].flatMap((seed) =>
    (['gold-only', 'simple-mix'] as const).map((regimen) => ({ ...tinyConfig, keepBest: false, regimen, seed })),
  );
  const { client } = createHarness({ fetch: fetchOf(tinyUrl, files).fetch });
  let worst = 0;
  for (const [i, config] of configs.entries()) {
    let looking: Promise<unknown> = Promise.resolve();
    const look = async () => {
      worst = Math.max(worst, (await roomByKind(database)).snapshots);
    };
    const { done } = client.train(tinyRequest(String(i), tinyUrl, { config }), ({ kind }) => {
      if (kind === 'saved') looking = looking.then(look);
    });
    await done;
    await looking;
  }
  client.close();

  const checkpoint = await loadCheckpoint(filesSource(files), { layers: tinyConfig.layers });
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const tags = tagsOfData(tinyData);
  const encode = (source: 'silver' | 'gold') => encodeLabelled(tokenizer, tinyData[source], tags, tinyConfig.maxPieces);
  const words = pieceIdsOf([encode('silver'), encode('gold')]).length;
  const sizes = { model: checkpoint.config, tags: tags.length };
  const runs = costRuns(configs, { silver: tinyData.silver.length, gold: tinyData.gold.length });
  const plan = {
    ...({ secondsPerStep: null, parallel: 1, weights: 'best-seed', snapshots: 2 } as const),
    modelBytes: 4 * parameterCount({ ...sizes, words: checkpoint.config.vocab }),
    snapshotBytes: 3 * 4 * parameterCount({ ...sizes, words }),
    recordBytes: recordBytes(6, tinyData.test.length, 2),
  };
  const cost = costOf(runs, plan);
  const room = await roomByKind(database);
  near(room.models, 2 * plan.modelBytes, 0.05, 'weights');
  near(worst, 2 * plan.snapshotBytes, 0.05, 'snapshots'); // of the ends of two stages
  near(room.runs, 4 * plan.recordBytes, 0.25, 'records');
  near(room.models + room.runs, cost.keptBytes, 0.05, 'all that stays');
  expect(room.snapshots).toBe(0);
});
