import type { ControlAction, PageTrainEvent } from '../worker/protocol.ts';
import type { Tabs } from '../worker/tabs.ts';
import { Job } from './job.svelte.ts';

/** What the other tab was asked for and has not done yet: on its way, heard, or without an answer. */
export interface AskedOther {
  readonly action: ControlAction;
  readonly state: 'sent' | 'heard' | 'unheard';
}

/** By which event of a run it shows that something asked for was done; its end shows all of them. */
const doneBy: Readonly<Record<ControlAction, (event: PageTrainEvent) => boolean>> = {
  pause: (event) => event.kind === 'paused' && event.paused,
  continue: (event) => event.kind === 'paused' && !event.paused,
  step: (event) => event.kind === 'steps',
  stop: (event) => event.kind === 'stopping', // from then on the run itself says so
};

/** The run that another tab trains, followed as it goes on; that tab is asked to pause or stop it. */
export class WatchingState {
  /** The last of which was told; null once it has ended. */
  job: Job | null = $state.raw(null);
  asked: AskedOther | null = $state.raw(null);

  readonly #tabs: Tabs;

  /** `onChange` is told when another tab begins, continues or ends a run. */
  constructor(tabs: Tabs, onChange: () => void = () => undefined) {
    this.#tabs = tabs;
    tabs.watch({
      onRun: ({ request, events }) => {
        const job = new Job(request);
        for (const event of events) job.take(event);
        if (this.job?.runId !== job.runId) this.asked = null;
        this.job = job;
        onChange();
      },
      onEvent: (runId, event) => {
        if (this.job?.runId !== runId) return;
        this.job.take(event);
        if (this.asked !== null && doneBy[this.asked.action](event)) this.asked = null;
        if (doneBy.continue(event)) onChange();
      },
      onEnd: (runId) => {
        if (this.job?.runId === runId) {
          this.job = null;
          this.asked = null;
        }
        onChange();
      },
    });
  }

  pause(): void {
    void this.#ask('pause');
  }

  continue(): void {
    void this.#ask('continue');
  }

  oneStep(): void {
    void this.#ask('step');
  }

  stop(): void {
    void this.#ask('stop');
  }

  async #ask(action: ControlAction): Promise<void> {
    const { job } = this;
    if (job === null) return;
    const asked: AskedOther = { action, state: 'sent' };
    this.asked = asked;
    const heard = await this.#tabs.ask(job.runId, action);
    // Unless it was done meanwhile, or something else was asked for.
    if (this.asked === asked) this.asked = { action, state: heard ? 'heard' : 'unheard' };
  }
}
