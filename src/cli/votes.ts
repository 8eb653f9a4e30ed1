import type { FilterOptions, VoteFilter } from '../llm/quality/votes.ts';
import type { Args } from './args.ts';
import type { Option } from './command.ts';
import { usageError } from './usage.ts';

/** What commands that ground several answers to one sentence ask about them. */
export const voteOptions: readonly Option[] = [
  {
    name: 'votes',
    value: 'V',
    text: 'Where each sentence has several answers: majority, sentence (those without agreement stay unlabelled) or span (doubtful words are masked from training).',
    fallback: 'majority',
  },
  {
    name: 'threshold',
    value: 'X',
    text: 'Share of votes that --votes sentence or span wants, 0 to 1.',
    fallback: '0.6',
  },
  { name: 'weigh', value: null, text: 'Write the share of votes as the weight of each sentence in training.' },
];

/** What becomes of labels that the answers do not agree on. */
export function votesFrom(args: Args): FilterOptions {
  return { filter: filterFrom(args), weigh: args.has('weigh') };
}

function filterFrom(args: Args): VoteFilter {
  const level = args.text('votes') ?? 'majority';
  const threshold = args.number('threshold', { min: 0, max: 1 }) ?? 0.6;
  if (level === 'majority') return { level };
  if (level === 'sentence' || level === 'span') return { level, threshold };
  throw usageError(`--votes cannot be ${level}.`, 'It is majority, sentence or span.');
}
