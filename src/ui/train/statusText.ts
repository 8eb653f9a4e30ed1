import type { Job } from '../../state/job.svelte.ts';
import { adapterInShort } from '../../state/deviceTexts.ts';
import { duration } from '../format.ts';

const loadings: Readonly<Record<string, string>> = {
  checkpoint: 'Loading the model',
  device: 'Testing the device',
  encoding: 'Cutting sentences into pieces',
  scoring: 'Scoring the model',
  recovering: 'Going on from the last snapshot',
};

/** What a job is doing and on what; the time left stands beside it as a figure. */
export function longStatus(job: Job): string {
  const isTraining = job.status === 'running' && job.secondsLeft !== null && job.step < job.steps;
  const does = isTraining ? 'Trains' : shortStatus(job);
  return job.device === null ? does : `${does} on ${job.device.name}, ${adapterInShort(job.device)}`;
}

/** What a job is doing, in a few words. */
export function shortStatus(job: Job): string {
  switch (job.status) {
    case 'waiting':
      return job.waitsElsewhere ? 'Waits for the run of another tab' : 'Waits for the worker';
    case 'loading': {
      const { what, done, total } = job.loading;
      const share = total > 0 ? ` ${String(Math.round((100 * done) / total))}\u00a0%` : '';
      return `${loadings[what] ?? 'Getting ready'}${share}`;
    }
    case 'running':
      if (job.steps > 0 && job.step >= job.steps) return 'Scores dev and test';
      return job.secondsLeft === null ? 'First steps' : `${duration(job.secondsLeft)} left`;
    case 'paused':
      return 'Paused';
    case 'stopping':
      return 'Stops after this step';
    case 'finished':
      return 'Finished';
    case 'stopped':
      return 'Stopped';
    case 'failed':
      return 'Failed';
  }
}
