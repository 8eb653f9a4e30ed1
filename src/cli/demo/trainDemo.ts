import type { TrainedModel } from '../../engine/model/trained.ts';
import type { RunData } from '../../engine/train/prepare.ts';
import type { RunConfig } from '../../run/config.ts';
import type { RunRecord } from '../../run/events.ts';
import { createTokenizer } from '../../tokenizer/tokenizer.ts';
import { openNodeDevice } from '../device.ts';
import { loadStart } from '../files/load.ts';
import { packageVersion, shippedCheckpoint } from '../files/package.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { runExperiment } from '../training/experiment.ts';
import { RunProgress, timeLeft } from '../training/progressLine.ts';
import { threadLane } from '../training/threadLane.ts';
import { titleOf } from '../training/trainRun.ts';

export interface DemoConfigs {
  readonly goldOnly: RunConfig;
  readonly silverOnly: RunConfig;
  readonly simpleMix: RunConfig;
}

/**
 * Trains gold only in a second thread, beside silver only and then simple mix here, which takes over the silver stage.
 * Gives the records in the order gold only, silver only, simple mix, and the model of simple mix.
 */
export async function trainDemo(
  { goldOnly, silverOnly, simpleMix }: DemoConfigs,
  data: RunData,
  { terminal, signal }: { readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<{ readonly records: readonly [RunRecord, RunRecord, RunRecord]; readonly model: TrainedModel }> {
  // Whichever of the two fails, the other is stopped.
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const progress = sharedProgress(terminal);
  const appVersion = packageVersion();
  const { checkpoint, name: checkpointName } = await loadStart(null, simpleMix.layers, terminal, signal);
  const device = await openNodeDevice('wasm', terminal);
  const lane = threadLane({
    ...{ data, appVersion, checkpointName, device: 'wasm', checkpoint: shippedCheckpoint },
    ...{ layers: goldOnly.layers, out: null },
  });
  const goldProgress = new RunProgress(titleOf(goldOnly));
  const beside = lane
    .train(
      { config: goldOnly, resume: false, stage: null },
      {
        signal: either,
        onEvent: (event) => {
          goldProgress.take(event);
          progress.of(1)(goldProgress.text(), goldProgress.secondsLeft());
        },
        stageKept: () => undefined,
      },
    )
    .then(({ run }) => {
      progress.of(1)('gold only: done', 0);
      return run.record;
    })
    .finally(() => lane.close());
  const models: TrainedModel[] = [];
  const here = runExperiment(
    {
      configs: [silverOnly, simpleMix],
      checkpoint,
      checkpointName,
      checkpointFolder: shippedCheckpoint,
      tokenizer: createTokenizer(checkpoint.tokenizerFiles),
      data,
      device,
      appVersion,
      out: null,
      resume: false,
      parallel: 1,
    },
    {
      signal: either,
      say: terminal.say,
      progress: progress.of(0),
      finished: (_run, trained) => {
        if (trained !== null) models.push(trained);
      },
    },
  ).then(({ runs, failures: [failed] }) => {
    if (failed !== undefined) throw new Error(failed.message);
    return runs.map(({ record }) => record);
  });
  const stopOther = (error: unknown): never => {
    failed.abort();
    throw error;
  };
  const [ended, besideEnded] = await Promise.allSettled([here.catch(stopOther), beside.catch(stopOther)]);
  terminal.endProgress();
  const [silver, mix] = valueOf(ended, besideEnded);
  const gold = valueOf(besideEnded, ended);
  const model = models[1];
  if (silver === undefined || mix === undefined || model === undefined) throw new Error('a run of the demo is missing');
  return { records: [gold, silver, mix], model };
}

/** The value, or the failure that came first: that which is no consequence of the other's. */
function valueOf<T>(own: PromiseSettledResult<T>, other: PromiseSettledResult<unknown>): T {
  if (own.status === 'fulfilled') return own.value;
  const stopped = (reason: unknown) => reason instanceof Error && 'code' in reason && reason.code === 'stopped';
  throw stopped(own.reason) && other.status === 'rejected' && !stopped(other.reason) ? other.reason : own.reason;
}

/** One line of progress of two threads: what each says, and the longer of the times left. */
function sharedProgress(terminal: Terminal) {
  const texts = ['', ''];
  const seconds: (number | null)[] = [null, null];
  return {
    of: (thread: 0 | 1) => (text: string, secondsLeft: number | null) => {
      texts[thread] = text;
      seconds[thread] = secondsLeft;
      const known = seconds.filter((left) => left !== null);
      const longest = known.length === 0 ? null : Math.max(...known);
      const both = texts.filter((part) => part !== '').join('  |  ');
      terminal.progress(both + timeLeft(longest));
    },
  };
}
