import { parentPort, workerData } from 'node:worker_threads';
import { AppError, messageOf } from '../../core/errors.ts';
import { loadCheckpoint } from '../../engine/checkpoint/load.ts';
import { openDevice } from '../../engine/device.ts';
import { createTokenizer } from '../../tokenizer/tokenizer.ts';
import { nodeEnv } from '../device.ts';
import { folderSource } from '../files/checkpointFolder.ts';
import { titleOf } from './experiment.ts';
import { trainOnce } from './oneRun.ts';
import { RunProgress } from './progressLine.ts';
import type { ThreadMessage, ThreadOrder } from './threadMessages.ts';

/** Entry of a second thread: trains one run with a device and a wasm memory of its own. */
const tell = (message: ThreadMessage) => parentPort?.postMessage(message);

async function run({ config, data, device: name, checkpoint: folder, appVersion }: ThreadOrder): Promise<void> {
  const checkpoint = await loadCheckpoint(await folderSource(folder), { layers: config.layers });
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const device = await openDevice(name, nodeEnv());
  const progress = new RunProgress(titleOf(config));
  const { record } = await trainOnce(
    { config, checkpoint, tokenizer, data, device, appVersion },
    {
      // The thread is ended from outside; it has nothing to save.
      signal: new AbortController().signal,
      saveEveryMs: null,
      onEvent(event) {
        progress.take(event);
        tell({ kind: 'progress', text: progress.text(), secondsLeft: progress.secondsLeft() });
      },
    },
  );
  tell({ kind: 'finished', record });
}

try {
  // The order comes from `trainInThread`, in the same version of the same program.
  await run(workerData as ThreadOrder);
} catch (error) {
  const known = error instanceof AppError ? error : null;
  tell({ kind: 'failed', code: known?.code ?? null, message: messageOf(error), detail: known?.detail ?? {} });
}
