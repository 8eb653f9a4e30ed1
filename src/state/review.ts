import { authorOf, promoted } from '../data/authors.ts';
import type { Sentence, Span } from '../data/types.ts';
import { withoutLabels, type Grounded, type GroundedAnswer } from '../llm/groundAnswers.ts';
import { votesOf, type SentenceVotes } from '../llm/quality/votes.ts';

/** Why a sentence needs a look, worst first. `split`: its samples do not say the same. */
export const reviewKinds = [
  'malformed',
  'refused',
  'cut-off',
  'not-found',
  'copied-from-example',
  'unknown-label',
  'overlapping',
  'split',
  'fuzzy',
  'folded',
] as const;
export type ReviewKind = (typeof reviewKinds)[number];

/** A sentence with all that its teacher said of it. */
export interface ReviewItem {
  readonly id: string;
  /** Place in the dataset. */
  readonly place: number;
  /** None for one whose answers are exact and of one voice. */
  readonly reasons: readonly { readonly kind: ReviewKind; readonly said: string }[];
  /** The raw answers, one a sample; null where there is none. */
  readonly raw: readonly (string | null)[];
  readonly votes: SentenceVotes;
  /** Entities of an answer that was cut off, which labels nothing by itself. */
  readonly offered: readonly Span[];
}

/** The answers behind a dataset: for each sample of each sentence what became of it. */
export interface Answered {
  readonly samples: readonly Pick<Grounded, 'sentences' | 'answers'>[];
}

/** What became of each answered sentence of a dataset, those that need a look first; of equals in order of the dataset. */
export function reviewItems(dataset: readonly Sentence[], { samples }: Answered): readonly ReviewItem[] {
  const places = new Map(dataset.map(({ id }, i) => [id, i]));
  const asked = samples[0]?.sentences ?? [];
  const votes = votesOf(
    asked,
    samples.map(({ sentences }) => sentences),
  );
  const items = asked.flatMap(({ id }, i): ReviewItem[] => {
    const place = places.get(id);
    const answers = samples.flatMap((sample) => sample.answers[i] ?? []);
    if (place === undefined || answers.every(({ raw }) => raw === null)) return [];
    const raw = answers.map((answer) => answer.raw);
    const reasons = reasonsOf(answers, votes[i]!);
    return [{ id, place, reasons, raw, votes: votes[i]!, offered: offeredBy(answers) }];
  });
  const rank = ({ reasons }: ReviewItem) => Math.min(...reasons.map(({ kind }) => reviewKinds.indexOf(kind)), Infinity);
  const doubt = ({ votes: { sentence, answered } }: ReviewItem) => (answered === 0 ? 0 : 1 - sentence / answered);
  return items.sort((a, b) => {
    const [first, second] = [rank(a), rank(b)];
    return first === second ? doubt(b) - doubt(a) || a.place - b.place : first < second ? -1 : 1;
  });
}

function reasonsOf(answers: readonly GroundedAnswer[], votes: SentenceVotes): ReviewItem['reasons'] {
  const said = new Map<ReviewKind, Set<string>>();
  const add = (kind: ReviewKind, words: string) => said.set(kind, (said.get(kind) ?? new Set()).add(words));
  for (const { answer, items } of answers) {
    if (answer === null) continue;
    if (answer.kind !== 'entities') add(answer.kind, answer.reason);
    else
      for (const { status, entity } of items) if (status !== 'exact') add(status, `“${entity.text}” (${entity.type})`);
  }
  const { sentence, answered } = votes;
  if (answered > sentence) add('split', `${String(sentence)} of ${String(answered)} answers say the same`);
  return reviewKinds.flatMap((kind) => (said.has(kind) ? { kind, said: [...said.get(kind)!].join(', ') } : []));
}

function offeredBy(answers: readonly GroundedAnswer[]): readonly Span[] {
  const cut = answers.find(({ answer }) => answer?.kind === 'cut-off');
  return (cut?.items ?? []).flatMap(({ span }) => span ?? []).sort((a, b) => a.start - b.start);
}

/** What a person decided of a teacher's sentence. */
export type Decision = 'accepted' | 'mended' | 'rejected';

/** The member of `meta` that keeps a decision with its sentence: through edits, undo, bundles and exports. */
const member = 'review';

/** The decision that stands; null where none was made, or where labels were given after the sentence was rejected. */
export function decisionOf(sentence: Sentence): Decision | null {
  const said = sentence.meta?.[member];
  if (said === 'rejected') return sentence.spans === null ? 'rejected' : null;
  if (said !== 'accepted' || sentence.spans === null) return null;
  return sentence.spans.some((span) => authorOf(sentence, span)?.kind === 'person') ? 'mended' : 'accepted';
}

/** A person stands for the labels as they are: no word of them is in doubt any more. */
export function accepted(sentence: Sentence): Sentence {
  return decided(promoted(sentence), 'accepted');
}

/** The labels go; an unlabelled sentence is not trained on. */
export function rejected(sentence: Sentence): Sentence {
  return decided(withoutLabels(sentence), 'rejected');
}

function decided(sentence: Sentence, decision: 'accepted' | 'rejected'): Sentence {
  return { ...sentence, meta: { ...sentence.meta, [member]: decision } };
}

/** Whether a person had a hand in a sentence: what is made of a teacher's answers later leaves it as it is. */
export function isTouched(sentence: Sentence): boolean {
  if (sentence.meta?.[member] !== undefined) return true;
  const { authors } = sentence;
  return (
    authors !== undefined && [authors.all, ...Object.values(authors.spans ?? {})].some(({ kind }) => kind === 'person')
  );
}
