import { silverCount, type Sampler } from '../../blend/sampler.ts';
import type { Stage } from '../../run/plan.ts';
import { pack, type PackedBatch, type Sequence } from '../model/batch.ts';
import type { Prepared } from './prepare.ts';

/** A batch, and how many sentences of each source it holds. */
export interface Drawn {
  readonly batch: PackedBatch;
  readonly drawn: { readonly silver: number; readonly gold: number };
}

/** The batch of step `step` of a stage; moves the sampler on. */
export function drawBatch(prepared: Prepared, stage: Stage, step: number, batchSize: number, sampler: Sampler): Drawn {
  const { silver, gold } = prepared;
  const chosen: (readonly Sequence[])[] = [];
  let silverTaken = 0;
  if (stage.draw.kind === 'mixed') {
    const { share } = stage.draw;
    silverTaken = silverCount(step, batchSize, (s) => share(s, stage.steps));
    if (silverTaken > 0)
      chosen.push(
        ...sampler
          .cursor('silver')
          .take(silverTaken)
          .map((i) => silver[i]!),
      );
    const goldTaken = batchSize - silverTaken;
    if (goldTaken > 0)
      chosen.push(
        ...sampler
          .cursor('gold')
          .take(goldTaken)
          .map((i) => gold[i]!),
      );
  } else {
    const items = sampler.cursor(stage.draw.source).takeOfPass(batchSize);
    const { source } = stage.draw;
    for (const i of items) {
      const isSilver = source === 'silver' || (source === 'both' && i < silver.length);
      chosen.push(isSilver ? silver[i]! : gold[source === 'both' ? i - silver.length : i]!);
      if (isSilver) silverTaken++;
    }
  }
  return { batch: pack(chosen.flat()), drawn: { silver: silverTaken, gold: chosen.length - silverTaken } };
}
