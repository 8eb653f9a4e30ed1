import type { Finish } from '../providers/provider.ts';
import type { Entry } from './ledger.ts';
import type { JobProgress } from './types.ts';

/** The sums of a job as they grow; costs are 0 without a price. */
export type Sums = Record<
  Exclude<keyof JobProgress, 'finishes' | 'spentUsd' | 'uncertainUsd' | 'secondsLeft'>,
  number
> & {
  readonly finishes: Record<Finish, number>;
  spentUsd: number;
  uncertainUsd: number;
  /** The most that what is in flight may cost. */
  flyingUsd: number;
};

export function emptySums(): Sums {
  return {
    total: 0,
    answered: 0,
    reused: 0,
    failed: 0,
    uncertain: 0,
    inFlight: 0,
    finishes: { complete: 0, 'cut-off': 0, refused: 0, empty: 0 },
    inputTokens: 0,
    outputTokens: 0,
    spentUsd: 0,
    uncertainUsd: 0,
    flyingUsd: 0,
  };
}

/** Adds what one entry means for the sums of job `jobId`, or takes it out again: `sign` is 1 or −1. */
export function addPart(sums: Sums, entry: Entry, jobId: string, sign: 1 | -1): void {
  const { record, questions, state } = entry;
  const mine = record?.jobId === jobId;
  const n = sign * questions;
  const most = entry.greatestUsd ?? 0;
  sums.total += n;
  if (mine) {
    sums.spentUsd += sign * (record.costUsd ?? 0);
    sums.uncertainUsd += sign * (record.uncertainUsd ?? 0);
    sums.inputTokens += sign * (record.inputTokens ?? 0);
    sums.outputTokens += sign * (record.outputTokens ?? 0);
    if (record.status === 'sent' && state !== 'flying') sums.uncertainUsd += sign * most;
  }
  if (state === 'flying') {
    sums.inFlight += n;
    sums.flyingUsd += sign * most;
  } else if (record?.status === 'answered') {
    sums.answered += n;
    sums.reused += mine ? n - sign : n;
    if (record.finish !== null) sums.finishes[record.finish] += n;
  } else if (state === 'resting' && record?.status === 'failed') sums.failed += n;
  else if (state === 'resting' && record?.status === 'sent') sums.uncertain += n;
}
