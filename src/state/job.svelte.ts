import { AppError, messageOf } from '../core/errors.ts';
import { sentenceOf } from '../core/errorTexts.ts';
import type { DevPoint, StagePlan, TrainPoint } from '../run/events.ts';
import type { Note, OpenedDevice, PageTrainEvent, TrainOutcome, TrainRequest } from '../worker/protocol.ts';
import type { TrainHandle } from '../worker/client.ts';

export type { Note };

export type JobStatus = 'waiting' | 'loading' | 'running' | 'paused' | 'stopping' | 'finished' | 'stopped' | 'failed';

/** A run in the worker as the page sees it while it goes on, and after it has ended. */
export class Job {
  readonly runId: string;
  readonly name: string;
  readonly request: TrainRequest;

  status: JobStatus = $state('loading');
  /** While it waits: whether for the run of another tab. */
  waitsElsewhere = $state(false);
  loading: { readonly what: string; readonly done: number; readonly total: number } = $state.raw({
    what: '',
    done: 0,
    total: 0,
  });
  device: OpenedDevice | null = $state.raw(null);
  steps = $state(0);
  stages: readonly StagePlan[] = $state.raw([]);
  curve: readonly TrainPoint[] = $state.raw([]);
  dev: readonly DevPoint[] = $state.raw([]);
  tokensPerSecond = $state(0);
  secondsLeft: number | null = $state(null);
  /** Held by the device after the last step; 0 before it, and where nobody counts. */
  heldBytes = $state(0);
  savedAt = $state(0);
  resumedAt = $state(0);
  notes: readonly Note[] = $state.raw([]);
  /** Why the run failed; null where it did not. */
  failure: AppError | null = $state.raw(null);
  readonly problem: { readonly what: string; readonly next: string } | null = $derived(
    this.failure === null ? null : sentenceOf(this.failure),
  );

  readonly step: number = $derived(this.curve.at(-1)?.step ?? this.resumedAt);
  readonly progress: number = $derived(this.steps === 0 ? 0 : Math.min(1, this.step / this.steps));
  readonly stage: StagePlan | null = $derived(
    this.stages.find((s) => this.step < s.endStep) ?? this.stages.at(-1) ?? null,
  );
  readonly lastDev: DevPoint | null = $derived(this.dev.at(-1) ?? null);
  readonly bestDev: DevPoint | null = $derived(
    this.dev.reduce<DevPoint | null>((best, point) => (best === null || point.f1 > best.f1 ? point : best), null),
  );
  readonly ended: boolean = $derived(['finished', 'stopped', 'failed'].includes(this.status));

  #handle: TrainHandle | null = null;

  constructor(request: TrainRequest) {
    this.request = request;
    this.runId = request.runId;
    this.name = request.name;
  }

  /** Follows the run to its end; never rejects: a failure is told by `status` and `problem`. */
  async follow(start: (request: TrainRequest, onEvent: (event: PageTrainEvent) => void) => TrainHandle): Promise<void> {
    try {
      this.#handle = start(this.request, (event) => this.take(event));
      this.end(await this.#handle.done);
    } catch (error) {
      this.failure = error instanceof AppError ? error : new AppError('worker-failed', messageOf(error));
      this.status = 'failed';
    }
    this.secondsLeft = null;
  }

  pause(): void {
    this.#handle?.pause();
  }

  continue(): void {
    this.#handle?.continue();
  }

  oneStep(): void {
    this.#handle?.step();
  }

  stop(): void {
    if (this.ended) return;
    this.status = 'stopping';
    this.#handle?.stop();
  }

  take(event: PageTrainEvent): void {
    switch (event.kind) {
      case 'waiting':
        this.status = 'waiting';
        this.waitsElsewhere = event.elsewhere;
        break;
      case 'loading':
        this.#becomes('loading');
        this.loading = { what: event.what, done: event.done, total: event.total };
        break;
      case 'device':
        this.device = event.device;
        break;
      case 'started':
        this.steps = event.steps;
        this.stages = event.stages;
        this.resumedAt = event.resumedAt;
        this.curve = event.curve;
        this.dev = event.dev;
        this.#becomes('running');
        break;
      case 'steps':
        this.curve = [...this.curve, ...event.points];
        this.tokensPerSecond = event.tokensPerSecond;
        this.secondsLeft = event.secondsLeft;
        this.heldBytes = event.heldBytes;
        break;
      case 'dev':
        this.dev = [...this.dev, event.point];
        break;
      case 'saved':
        this.savedAt = event.step;
        break;
      case 'paused':
        this.#becomes(event.paused ? 'paused' : 'running');
        break;
      case 'stopping':
        this.status = 'stopping';
        break;
      case 'note':
        this.notes = [...this.notes, event.note];
        break;
      case 'stage': // the plan tells the stage of every step already
      case 'finished': // comes again with the outcome
        break;
    }
  }

  end(outcome: TrainOutcome): void {
    this.status = outcome.kind;
    if (outcome.kind === 'finished') {
      this.curve = outcome.record.curve;
      this.dev = outcome.record.dev;
    }
  }

  /** A run that was asked to stop says so until it has. */
  #becomes(status: JobStatus): void {
    if (this.status !== 'stopping') this.status = status;
  }
}
