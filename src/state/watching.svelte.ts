import type { Tabs } from '../worker/tabs.ts';
import { Job } from './job.svelte.ts';

/** The run that another tab trains, followed as it goes on; it cannot be steered from here. */
export class WatchingState {
  /** The last of which was told; null once it has ended. */
  job: Job | null = $state.raw(null);

  constructor(tabs: Tabs) {
    tabs.watch({
      onRun: ({ request, events }) => {
        const job = new Job(request);
        for (const event of events) job.take(event);
        this.job = job;
      },
      onEvent: (runId, event) => {
        if (this.job?.runId === runId) this.job.take(event);
      },
      onEnd: (runId) => {
        if (this.job?.runId === runId) this.job = null;
      },
    });
  }
}
