import { unmarked, type StoredRun } from '../storage/runs.ts';
import type { TrainRequest } from '../worker/protocol.ts';

/** What stands in storage for a run that waits in the queue, so that a reload does not lose it. */
export function waitingRun(request: TrainRequest, createdMs: number): StoredRun {
  const { runId, name, config, datasets, checkpointUrl, notice, device } = request;
  return {
    id: runId,
    name,
    ...unmarked,
    config,
    status: 'queued',
    datasets,
    checkpointUrl,
    notice,
    device: device === null ? null : { name: device, adapter: '' },
    steps: 0,
    step: 0,
    stages: [],
    curve: [],
    dev: [],
    record: null,
    modelKept: false,
    error: null,
    log: [],
    createdMs,
    updatedMs: createdMs,
  };
}
