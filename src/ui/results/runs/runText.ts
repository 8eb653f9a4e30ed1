import type { LogKind } from '../../../run/log.ts';
import type { RunState } from '../../../state/runsFilter.ts';
import type { StoredRun } from '../../../state/runs.svelte.ts';
import { count } from '../../format.ts';

export const stateNames: Readonly<Record<RunState, string>> = {
  finished: 'finished',
  running: 'trains now',
  waiting: 'waits',
  cut: 'cut short',
  stopped: 'stopped',
  failed: 'failed',
};

/** How a run stands, with how far it came where it is not at its end. */
export function stateInWords(run: Pick<StoredRun, 'step' | 'steps'>, state: RunState): string {
  const name = stateNames[state];
  if (state === 'finished' || state === 'waiting' || run.steps === 0) return name;
  return `${name}, step ${count(run.step)} of ${count(run.steps)}`;
}

/** Each kind of log line as a sentence. */
export const logTexts: Readonly<Record<LogKind, string>> = {
  begun: 'Began',
  'gone-on': 'Went on from its snapshot',
  stopped: 'Stopped by you',
  failed: 'Failed',
  finished: 'Finished',
  'older-snapshot': 'The newest snapshot was damaged; it went on from the one before',
  'first-stage-shared': 'Took over the first stage from a run that had trained it alike',
  'memory-short': 'Memory ran short; batches went through in smaller portions from here',
  'no-snapshot': 'There was no snapshot to go on from; it began anew',
  'snapshot-not-saved': 'A snapshot could not be saved',
  'model-not-saved': 'The weights could not be kept',
  'checkpoint-not-cached': 'The model to begin from could not be kept for the next time',
  lost: 'The device or its worker was lost; it went on from the last snapshot',
  'weights-let-go': 'The weights were let go',
  'taken-in': 'Taken in from a bundle',
};
