import type { Prepared } from '../../engine/train/prepare.ts';

interface Planned {
  /** Digest of all that decides the first stage; null where it cannot be shared. */
  readonly stage: string | null;
  /** Steps that this run trains itself, where an equal first stage before it is taken over. */
  readonly ownSteps: number;
}

/**
 * First stages that several runs of an experiment have in common: the snapshot at the end of the first one is kept as long
 * as a later run needs it. Stages that follow a schedule are not shared: the digest of a first stage does not hold the schedule.
 */
export class SharedStages {
  readonly #runs: readonly Planned[];
  readonly #kept = new Map<string, Uint8Array>();

  constructor(runs: readonly Pick<Prepared, 'stages' | 'firstStage'>[]) {
    const seen = new Set<string>();
    this.#runs = runs.map(({ stages, firstStage }) => {
      const steps = stages.reduce((sum, stage) => sum + stage.steps, 0);
      const [first] = stages;
      if (first?.draw.kind !== 'passes') return { stage: null, ownSteps: steps };
      const shared = seen.has(firstStage) ? first.steps : 0;
      seen.add(firstStage);
      return { stage: firstStage, ownSteps: steps - shared };
    });
  }

  /** The snapshot to begin run `index` with, null where it trains its first stage itself. */
  take(index: number): Uint8Array | null {
    const stage = this.#runs[index]?.stage ?? null;
    if (stage === null) return null;
    const found = this.#kept.get(stage) ?? null;
    if (!this.#neededAfter(index, stage)) this.#kept.delete(stage);
    return found;
  }

  /** Hands over the snapshot at the end of run `index`'s first stage. */
  offer(index: number, bytes: Uint8Array): void {
    const stage = this.#runs[index]?.stage ?? null;
    if (stage !== null && this.#neededAfter(index, stage)) this.#kept.set(stage, bytes);
  }

  /** Steps that the runs after `index` will train. */
  stepsAfter(index: number): number {
    return this.#runs.slice(index + 1).reduce((sum, { ownSteps }) => sum + ownSteps, 0);
  }

  #neededAfter(index: number, stage: string): boolean {
    return this.#runs.slice(index + 1).some((run) => run.stage === stage);
  }
}
