import type { RunRecord } from './events.ts';
import { groupKey } from './experiment/variant.ts';

/** A run as far as keeping its weights goes. */
export interface Keepable {
  readonly id: string;
  /** Null for a run that has not finished. */
  readonly record: RunRecord | null;
  readonly modelKept: boolean;
  readonly pinned: boolean;
}

/** A run whose weights need not be kept, and why, in words. */
export interface LetGo {
  readonly id: string;
  readonly reason: string;
}

/**
 * Of runs that differ by seed alone, all but the one that is best on dev; of equal ones, and where dev was not scored, the
 * smallest seed stays. Pinned runs stay. Test has no say: what is kept must not be chosen by it.
 */
export function weightsToLetGo(runs: readonly Keepable[]): LetGo[] {
  const groups = new Map<string, Finished[]>();
  for (const { id, record, modelKept, pinned } of runs) {
    if (record === null || !modelKept) continue;
    const { config, digests, scores } = record;
    const key = [groupKey(config), digests.data, digests.checkpoint].join('/');
    const dev = scores.dev?.default.micro.f1 ?? null;
    groups.set(key, [...(groups.get(key) ?? []), { id, pinned, seed: config.seed, dev }]);
  }
  return [...groups.values()].flatMap((group) => {
    const best = group.reduce((a, b) => (isBetter(b, a) ? b : a));
    return group
      .filter((run) => run !== best && !run.pinned)
      .map((run) => ({ id: run.id, reason: reasonOf(run, best) }));
  });
}

interface Finished {
  readonly id: string;
  readonly pinned: boolean;
  readonly seed: number;
  /** Micro F1; null where dev was not scored. */
  readonly dev: number | null;
}

function isBetter(a: Finished, b: Finished): boolean {
  const [scoreA, scoreB] = [a.dev ?? -1, b.dev ?? -1];
  return scoreA === scoreB ? a.seed < b.seed : scoreA > scoreB;
}

function reasonOf(run: Finished, best: Finished): string {
  const which =
    best.seed === run.seed ? 'another run with its settings' : `seed ${String(best.seed)} of the same settings`;
  if (best.dev === null) return `there is no dev score to choose by, and those of ${which} are kept`;
  if (run.dev === null) return `${which} was scored on dev (${best.dev.toFixed(3)}), this was not`;
  const [own, other] = [run.dev.toFixed(3), best.dev.toFixed(3)];
  return own === other
    ? `${which} scored as well on dev (${own}), and one of them is kept`
    : `${which} scored better on dev (${other}, this ${own})`;
}
