import type { StageDone, StagePlan } from '../../run/events.ts';
import type { Drawn } from './draw.ts';
import type { Progress } from './snapshot.ts';

type Count = NonNullable<Progress['stages']>[number];

/** Steps taken and sentences drawn in each stage of a run. */
export class StageCounts {
  readonly #counts: Count[];

  constructor(before: readonly Count[]) {
    this.#counts = [...before];
  }

  add(stage: number, { silver, gold }: Drawn['drawn']): void {
    const before = this.#counts[stage] ?? { steps: 0, silver: 0, gold: 0 };
    this.#counts[stage] = { steps: before.steps + 1, silver: before.silver + silver, gold: before.gold + gold };
  }

  progress(): Count[] {
    return this.#counts;
  }

  /** The stages that were trained, of those planned. */
  done(plans: readonly StagePlan[]): StageDone[] {
    return this.#counts.map(({ steps, ...drawn }, i) => ({
      name: plans[i]!.name,
      source: plans[i]!.source,
      steps,
      drawn,
    }));
  }
}
