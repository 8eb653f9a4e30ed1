import { madeBy } from '../data/authors.ts';
import type { Finding, Sentence } from '../data/types.ts';
import { bySample, type RawAnswer } from './answerFile.ts';
import {
  groundAnswers,
  noStatuses,
  withoutLabels,
  type AskedFor,
  type Grounded,
  type Statuses,
} from './groundAnswers.ts';
import { votedSentences, votesOf, type FilterOptions, type SentenceVotes } from './quality/votes.ts';

/** Answers of a teacher that was asked k times about each sentence, grounded and put to the vote. */
export interface GroundedSamples {
  /** Labels as the votes leave them. */
  readonly sentences: readonly Sentence[];
  readonly votes: readonly SentenceVotes[];
  /** One a sample, in order. */
  readonly samples: readonly Grounded[];
  /** Over all samples together. */
  readonly statuses: Statuses;
  readonly findings: readonly Finding[];
}

/** Grounds every sample by itself, then lets them vote. With one sample the majority is that sample. */
export function groundSamples(
  sentences: readonly Sentence[],
  answers: readonly RawAnswer[],
  asked: AskedFor,
  options: FilterOptions,
): GroundedSamples {
  const samples = bySample(answers).map((list) => groundAnswers(sentences, list, asked));
  const votes = votesOf(
    sentences,
    samples.map((sample) => sample.sentences),
  );
  const statuses = noStatuses();
  for (const sample of samples) {
    for (const status of Object.keys(statuses) as (keyof Statuses)[]) statuses[status] += sample.statuses[status];
  }
  const findings = samples.flatMap((sample) => sample.findings);
  const voted = votedSentences(sentences.map(withoutLabels), votes, options);
  const { author } = asked;
  const named = author === undefined ? voted : voted.map((one) => (one.spans === null ? one : madeBy(one, author)));
  return { sentences: named, votes, samples, statuses, findings };
}
