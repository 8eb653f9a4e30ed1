import { AppError } from '../core/errors.ts';
import { readData } from '../data/formats/read.ts';
import type { Sentence } from '../data/types.ts';
import { readAnswers } from './answerFile.ts';
import { groundAnswers, type GroundedAnswer, type Statuses } from './groundAnswers.ts';

/** Files of the sample that `sampleOf` reads, as they are named in `public/samples/sotu`. */
export const sampleFiles = [
  'unlabelled-train.jsonl',
  'answers-standard.jsonl',
  'gold-train.jsonl',
  'gold-dev.jsonl',
  'gold-test.jsonl',
] as const;

/** To be shown wherever the sample is. */
export const sampleNotice =
  'All labels of this sample, gold and silver, were written by language models, none by people.';

/** The shipped corpus, ready to train on. */
export interface Sample {
  /** All training sentences with the teacher's labels; spans are null where its answer was malformed. */
  readonly silver: readonly Sentence[];
  readonly gold: readonly Sentence[];
  readonly dev: readonly Sentence[];
  readonly test: readonly Sentence[];
  /** What became of the teacher's answers. */
  readonly teacher: Statuses;
  /** One a silver sentence, in the same order. */
  readonly answers: readonly GroundedAnswer[];
  readonly notice: string;
}

/** Builds the sample from its files' text by name. Throws `file-missing` for one that is not there. */
export function sampleOf(files: Readonly<Record<string, string>>): Sample {
  const textOf = (name: (typeof sampleFiles)[number]) => {
    const text = files[name];
    if (text === undefined) throw new AppError('file-missing', `the sample has no ${name}`, { file: name });
    return text;
  };
  const sentences = (name: (typeof sampleFiles)[number]) =>
    readData(name, new TextEncoder().encode(textOf(name)), 'jsonl').sentences;
  const unlabelled = sentences('unlabelled-train.jsonl');
  const { answers } = readAnswers(textOf('answers-standard.jsonl'));
  const grounded = groundAnswers(unlabelled, answers);
  return {
    silver: grounded.sentences,
    gold: sentences('gold-train.jsonl'),
    dev: sentences('gold-dev.jsonl'),
    test: sentences('gold-test.jsonl'),
    teacher: grounded.statuses,
    answers: grounded.answers,
    notice: sampleNotice,
  };
}
