import { spansOfTags } from '../../data/bio.ts';
import type { Sentence, Span } from '../../data/types.ts';
import type { TrainEvent } from '../../run/events.ts';
import { foldsOf } from '../../run/folds.ts';
import { train, type TrainControl, type TrainInput } from './train.ts';

export interface FoldInput extends Omit<TrainInput, 'data' | 'snapshot' | 'firstStage'> {
  /** Labelled ones, whoever made the labels. */
  readonly sentences: readonly Sentence[];
  /** At least 2, and no more than there are different sentences. */
  readonly folds: number;
  /** Each gives folds and models of its own. */
  readonly seeds: readonly number[];
}

/** An event of one of the runs: `run` of `runs`, counted from 0. */
export interface FoldEvent {
  readonly run: number;
  readonly runs: number;
  readonly event: TrainEvent;
}

/**
 * For each seed, trains a model on all folds but one and lets it label that one, for every fold; returns for each seed what was
 * found in each sentence by a model that had not seen it. Trains as gold only does, by `config`; throws what `train` throws.
 */
export async function* foldRuns(
  { sentences, folds, seeds, ...rest }: FoldInput,
  control: TrainControl,
): AsyncGenerator<FoldEvent, Span[][][]> {
  const found: Span[][][] = [];
  const runs = folds * seeds.length;
  for (const seed of seeds) {
    const ofSeed: Span[][] = sentences.map(() => []);
    const foldOf = foldsOf(sentences, folds, seed);
    for (let fold = 0; fold < folds; fold++) {
      const places = sentences.flatMap((_, i) => (foldOf[i] === fold ? [i] : []));
      const config = { ...rest.config, ...asGoldOnly, seed };
      const gold = sentences.filter((_, i) => foldOf[i] !== fold);
      const data = { silver: [], gold, dev: [], test: places.map((i) => sentences[i]!) };
      for await (const event of train({ ...rest, config, data }, control)) {
        yield { run: found.length * folds + fold, runs, event };
        if (event.kind !== 'finished' || event.predictions === null) continue;
        const { tags } = event.predictions;
        event.predictions.sentences.forEach(({ predicted }, i) => {
          const names = predicted.map((tag) => tags[tag] ?? 'O');
          ofSeed[places[i]!] = spansOfTags(names, sentences[places[i]!]!.words);
        });
      }
    }
    found.push(ofSeed);
  }
  return found;
}

/** Nothing is selected: there is no dev. */
const asGoldOnly = { regimen: 'gold-only', goldSize: null, keepBest: false, watchBoth: false } as const;
