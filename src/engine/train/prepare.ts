import type { Sentence } from '../../data/types.ts';
import type { RunConfig } from '../../run/config.ts';
import { configDigest } from '../../run/configDigest.ts';
import { dataDigest, tagsOfData } from '../../run/dataDigest.ts';
import type { StagePlan } from '../../run/events.ts';
import { firstStageDigest } from '../../run/firstStage.ts';
import { goldSubset } from '../../run/goldSubset.ts';
import { lossSettings } from '../../run/losses.ts';
import { planOf, type Stage } from '../../run/plan.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import type { BertConfig } from '../checkpoint/config.ts';
import type { Checkpoint } from '../checkpoint/load.ts';
import type { Sequence } from '../model/batch.ts';
import { checkFits, compactIds, encodeLabelled, pieceIdsOf } from './encode.ts';
import type { SnapshotKey } from './snapshot.ts';

/** The sentences of a run by role; dev and test may be empty. */
export interface RunData {
  readonly silver: readonly Sentence[];
  readonly gold: readonly Sentence[];
  readonly dev: readonly Sentence[];
  readonly test: readonly Sentence[];
}

/** What a run needs before its first step, made from its inputs alone. */
export interface Prepared {
  readonly bert: BertConfig;
  readonly tags: readonly string[];
  readonly stages: readonly Stage[];
  /** Rows of the compact word table. */
  readonly pieceIds: Int32Array;
  /** Training sequences with compact ids, a list a sentence. */
  readonly silver: readonly (readonly Sequence[])[];
  readonly gold: readonly (readonly Sequence[])[];
  readonly key: SnapshotKey;
  /** Digest of all in the config that decides how the first stage is trained, whatever regimen it stands in. */
  readonly firstStage: string;
}

/**
 * Encodes the data, plans the stages and digests all that decides the run. The compact vocabulary is that of all training
 * text, whether or not the regimen and the size of gold use it, so that runs of one experiment share it.
 */
export function prepare(config: RunConfig, checkpoint: Checkpoint, tokenizer: Tokenizer, data: RunData): Prepared {
  checkFits(tokenizer, checkpoint.config, config.maxPieces);
  const tags = tagsOfData(data);
  const labelled = {
    silver: data.silver.filter((s) => s.spans !== null),
    gold: data.gold.filter((s) => s.spans !== null),
  };
  const encode = (source: 'silver' | 'gold') =>
    encodeLabelled(tokenizer, labelled[source], tags, config.maxPieces, lossSettings(config, source));
  const [silver, gold] = [encode('silver'), encode('gold')];
  const pieceIds = pieceIdsOf([silver, gold]);
  const stages = planOf(config, { silver: silver.length, gold: gold.length });
  return {
    bert: { ...checkpoint.config, dropout: config.dropout, attentionDropout: config.dropout },
    tags,
    stages,
    pieceIds,
    silver: compactIds(silver, pieceIds),
    gold: compactIds(goldSubset(gold, config.goldSize, config.seed), pieceIds),
    key: {
      config: configDigest(config),
      data: dataDigest(data),
      checkpoint: checkpoint.digest,
    },
    firstStage: firstStageDigest(config, stages),
  };
}

/** The key of a snapshot at the end of an equal first stage. */
export function firstStageKey({ key, firstStage }: Prepared): SnapshotKey {
  return { ...key, config: firstStage };
}

export function stepsOf(stages: readonly Stage[]): number {
  return stages.reduce((sum, { steps }) => sum + steps, 0);
}

/** The stages with their place in the run. */
export function plansOf(stages: readonly Stage[]): readonly StagePlan[] {
  let firstStep = 0;
  return stages.map(({ name, draw, steps }) => {
    const source = draw.kind === 'mixed' ? 'both' : draw.source;
    const plan = { name, source, firstStep, endStep: firstStep + steps } as const;
    firstStep += steps;
    return plan;
  });
}
