import { mean } from '../../core/statistics.ts';
import type { RunRecord } from '../events.ts';
import type { Part, Why, WhyPoint } from '../why.ts';
import type { RunGroup } from './table.ts';

/** What the runs of a group show together at one point of their course. */
export interface PooledPoint {
  /** Progress of the run, 0 … 1. */
  readonly progress: number;
  readonly stage: number;
  readonly stageEnd: boolean;
  /** Means over seeds. */
  readonly loss: WhyPoint['loss'];
  /** Summed over seeds. */
  readonly repeated: WhyPoint['repeated'];
  readonly undone: WhyPoint['undone'];
}

export interface PooledWhy {
  readonly reference: Why['reference'];
  readonly sentences: number;
  readonly seeds: number;
  readonly points: readonly PooledPoint[];
}

/**
 * The logged numbers of a group's seeds, taken together stage by stage; null where no run has any. Of seeds whose stage ended
 * early, by patience, only the looks that all have are told, and then each one's end of the stage.
 */
export function pooledWhy({ runs }: RunGroup): PooledWhy | null {
  const watched = runs.flatMap(({ record }) => (record.why == null ? [] : [{ record, why: record.why }]));
  const [first] = watched;
  if (first === undefined) return null;
  const stages = [...new Set(first.why.points.map(({ stage }) => stage))];
  const points = stages.flatMap((wanted) =>
    [false, true].flatMap((atEnd) =>
      inTurn(
        watched.map(({ record, why }) =>
          why.points.flatMap((point): readonly (readonly [RunRecord, WhyPoint])[] =>
            point.stage === wanted && point.stageEnd === atEnd ? [[record, point]] : [],
          ),
        ),
      ),
    ),
  );
  const { reference, sentences } = first.why;
  return points.length === 0 ? null : { reference, sentences, seeds: watched.length, points };
}

/** The first points of all seeds as one, the second ones, and so on as far as all have one. */
function inTurn(seeds: readonly (readonly (readonly [RunRecord, WhyPoint])[])[]): PooledPoint[] {
  const count = Math.min(...seeds.map(({ length }) => length));
  return Array.from({ length: count }, (_, i) => pooled(seeds.map((points) => points[i]!)));
}

function pooled(points: readonly (readonly [RunRecord, WhyPoint])[]): PooledPoint {
  const [, { stage, stageEnd }] = points[0]!;
  const all = points.map(([, point]) => point);
  const undone = all.flatMap((point) => point.undone ?? []);
  return {
    progress: mean(points.map(([{ steps }, { step }]) => step / Math.max(1, steps))),
    stage,
    stageEnd,
    loss: { gold: mean(all.map(({ loss }) => loss.gold)), silver: mean(all.map(({ loss }) => loss.silver)) },
    repeated: {
      invented: sum(all.map(({ repeated }) => repeated.invented)),
      missed: sum(all.map(({ repeated }) => repeated.missed)),
    },
    undone:
      undone.length < all.length
        ? null
        : { right: sum(undone.map(({ right }) => right)), wrong: sum(undone.map(({ wrong }) => wrong)) },
  };
}

/** Of all the teacher's mistakes, entities made up and missed, those that the student makes too. */
export function repeatedOf({ repeated: { invented, missed } }: Pick<PooledPoint, 'repeated'>): Part {
  return sum([invented, missed]);
}

/** 0 … 1; null of nothing. */
export function shareOf({ n, of }: Part): number | null {
  return of === 0 ? null : n / of;
}

function sum(parts: readonly Part[]): Part {
  return parts.reduce((total, { n, of }) => ({ n: total.n + n, of: total.of + of }), { n: 0, of: 0 });
}
