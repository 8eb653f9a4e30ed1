import type { DBSchema } from 'idb';
import type { StoredAnswer } from './answers.ts';
import type { StoredCheckpointFile } from './checkpoints.ts';
import type { StoredChunk, StoredDataset } from './datasets.ts';
import type { StoredExperiment } from './experiments.ts';
import type { StoredJob } from './jobs.ts';
import type { StoredModel } from './models.ts';
import type { StoredPredictions } from './predictions.ts';
import type { StoredRun } from './runs.ts';
import type { StoredSetting } from './settings.ts';
import type { StoredSnapshot } from './snapshots.ts';
import type { StoredStage } from './stages.ts';

/** The database as the newest migration leaves it; each store's records are described in its own file. */
export interface Schema extends DBSchema {
  datasets: { key: string; value: StoredDataset };
  /** The sentences of the datasets in chunks, so that listing datasets reads none of them. */
  sentences: { key: [string, number]; value: StoredChunk };
  runs: { key: string; value: StoredRun };
  snapshots: { key: number; value: StoredSnapshot; indexes: { runId: string } };
  models: { key: string; value: StoredModel };
  checkpoints: { key: [string, string]; value: StoredCheckpointFile };
  settings: { key: string; value: StoredSetting };
  answers: { key: string; value: StoredAnswer; indexes: { jobId: string } };
  jobs: { key: string; value: StoredJob };
  predictions: { key: string; value: StoredPredictions };
  experiments: { key: string; value: StoredExperiment };
  stages: { key: string; value: StoredStage };
}

export const storeNames = [
  'datasets',
  'sentences',
  'runs',
  'snapshots',
  'models',
  'checkpoints',
  'settings',
  'answers',
  'jobs',
  'predictions',
  'experiments',
  'stages',
] as const;
export type StoreName = (typeof storeNames)[number];
