import type { RunConfig } from '../run/config.ts';
import { planOf, type SourceCounts } from '../run/plan.ts';

/** The share of silver over a stretch of progress, 0 … 1 all of them; linear between its ends. */
export interface Share {
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly last: number;
}

/** Stretches that a mixed stage is drawn with. */
const pieces = 64;

/** The picture of a run: the share of silver over its progress. Empty where the plan lacks a source. */
export function sharesOf(config: RunConfig, counts: SourceCounts): readonly Share[] {
  let stages;
  try {
    stages = planOf(config, counts);
  } catch {
    return []; // a source is missing: the page says so in words
  }
  const total = stages.reduce((sum, stage) => sum + stage.steps, 0);
  let before = 0;
  return stages.flatMap(({ draw, steps }) => {
    const from = before / total;
    const width = steps / total;
    before += steps;
    if (draw.kind === 'passes') {
      const both = counts.silver / Math.max(1, counts.silver + counts.gold);
      const share = { silver: 1, gold: 0, both }[draw.source];
      return [{ from, to: from + width, first: share, last: share }];
    }
    return mixed(steps, draw.share).map((s) => ({ ...s, from: from + s.from * width, to: from + s.to * width }));
  });
}

function mixed(steps: number, share: (step: number, steps: number) => number): readonly Share[] {
  const count = Math.min(pieces, steps);
  const at = (piece: number) => share(Math.min(steps - 1, Math.round((piece / count) * (steps - 1))), steps);
  // A share that jumps from step to step, as the alternating one does, is drawn as what it is on the mean.
  const jumps = steps > 2 && Math.abs(share(0, steps) - share(1, steps)) === 1;
  return Array.from({ length: count }, (_, i) => ({
    from: i / count,
    to: (i + 1) / count,
    first: jumps ? 0.5 : at(i),
    last: jumps ? 0.5 : at(i + 1),
  }));
}
