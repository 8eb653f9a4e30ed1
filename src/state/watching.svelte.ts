import type { Tabs } from '../worker/tabs.ts';
import { Job } from './job.svelte.ts';

/** The run that another tab trains, followed as it goes on; it cannot be steered from here. */
export class WatchingState {
  /** The last of which was told; null once it has ended. */
  job: Job | null = $state.raw(null);

  /** `onChange` is told when another tab begins or ends a run. */
  constructor(tabs: Tabs, onChange: () => void = () => undefined) {
    tabs.watch({
      onRun: ({ request, events }) => {
        const job = new Job(request);
        for (const event of events) job.take(event);
        this.job = job;
        onChange();
      },
      onEvent: (runId, event) => {
        if (this.job?.runId === runId) this.job.take(event);
      },
      onEnd: (runId) => {
        if (this.job?.runId === runId) this.job = null;
        onChange();
      },
    });
  }
}
