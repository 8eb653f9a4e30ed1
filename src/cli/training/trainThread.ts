import { parentPort, workerData } from 'node:worker_threads';
import { AppError, messageOf } from '../../core/errors.ts';
import { loadCheckpoint } from '../../engine/checkpoint/load.ts';
import { openDevice } from '../../engine/device.ts';
import { createTokenizer } from '../../tokenizer/tokenizer.ts';
import { nodeEnv } from '../device.ts';
import { folderSource } from '../files/checkpointFolder.ts';
import { folderStages, memoryStages } from './stageStore.ts';
import type { ThreadMessage, ThreadRequest, ThreadSetup } from './threadMessages.ts';
import { trainRun, type RunOrder, type TrainContext } from './trainRun.ts';

/** Entry of a second thread: trains run after run with a device and a wasm memory of its own. */
const tell = (message: ThreadMessage) => parentPort?.postMessage(message);

async function open(setup: ThreadSetup): Promise<TrainContext> {
  const { data, device, layers, appVersion, checkpointName, out } = setup;
  const checkpoint = await loadCheckpoint(await folderSource(setup.checkpoint), { layers });
  return {
    ...{ checkpoint, checkpointName, data, appVersion, out },
    tokenizer: createTokenizer(checkpoint.tokenizerFiles),
    device: await openDevice(device, nodeEnv()),
    stages: out === null ? memoryStages() : folderStages(out),
  };
}

async function run(context: Promise<TrainContext>, order: RunOrder, signal: AbortSignal): Promise<void> {
  try {
    const { run: finished } = await trainRun(await context, order, {
      signal,
      onEvent: (event, origin) => tell({ kind: 'event', event, origin }),
      stageKept: (digest) => tell({ kind: 'stage-kept', digest }),
    });
    tell({ kind: 'finished', run: finished });
  } catch (error) {
    const known = error instanceof AppError ? error : null;
    tell({ kind: 'failed', code: known?.code ?? null, message: messageOf(error), detail: known?.detail ?? {} });
  }
}

// The setup and all requests come from `threadLane`, in the same version of the same program.
const context = open(workerData as ThreadSetup);
// A failure to open is told with the first run.
context.catch(() => undefined);
let stop = new AbortController();
parentPort?.on('message', (request: ThreadRequest) => {
  if (request.kind === 'stop') {
    stop.abort();
  } else {
    stop = new AbortController();
    void run(context, request.order, stop.signal);
  }
});
