import type { Sentence } from '../../data/types.ts';
import type { PromptExample } from './template.ts';

/** A gold sentence that may serve as an example, with its embedding `[H]`. */
export interface Candidate {
  readonly sentence: Sentence;
  readonly vector: ArrayLike<number>;
}

/**
 * The gold sentences nearest to one, by cosine, as examples: the nearest last, next to the question. Never the sentence
 * itself, by id or text, and none of `kept`: ids of probe, dev and test sentences, whose scores examples would flatter.
 * Unlabelled sentences and texts that stand there already are passed over.
 */
export function nearestExamples(
  asked: { readonly id: string; readonly text: string; readonly vector: ArrayLike<number> },
  candidates: readonly Candidate[],
  count: number,
  kept: ReadonlySet<string>,
): PromptExample[] {
  const ranked = candidates
    .filter(({ sentence }) => mayServe(sentence, kept) && sentence.id !== asked.id && !sameText(sentence, asked))
    .map((candidate) => ({ ...candidate, near: cosine(asked.vector, candidate.vector) }))
    .sort((a, b) => b.near - a.near || (a.sentence.id < b.sentence.id ? -1 : 1));
  const chosen: Sentence[] = [];
  for (const { sentence } of ranked) {
    if (chosen.length >= count) break;
    if (!chosen.some((other) => sameText(other, sentence))) chosen.push(sentence);
  }
  return chosen.reverse().map(exampleOf);
}

/** Fixed examples: the sentences as given, but for those that may not serve. */
export function fixedExamples(sentences: readonly Sentence[], kept: ReadonlySet<string>): PromptExample[] {
  return sentences.filter((sentence) => mayServe(sentence, kept)).map(exampleOf);
}

/** Fixed examples without the sentence that is asked about, whose answer they would tell. */
export function without(
  examples: readonly PromptExample[],
  asked: { readonly id: string; readonly text: string },
): PromptExample[] {
  return examples.filter((example) => example.id !== asked.id && !sameText(example, asked));
}

function mayServe({ id, spans }: Sentence, kept: ReadonlySet<string>): boolean {
  return spans !== null && !kept.has(id);
}

function sameText(a: { readonly text: string }, b: { readonly text: string }): boolean {
  const plain = (text: string) => text.replace(/\s+/g, ' ').trim().toLowerCase();
  return plain(a.text) === plain(b.text);
}

function exampleOf({ id, text, spans }: Sentence): PromptExample {
  const ordered = [...(spans ?? [])].sort((a, b) => a.start - b.start);
  return {
    id,
    text,
    entities: ordered.map(({ start, end, label }) => ({ text: text.slice(start, end), type: label })),
  };
}

/** 0 where either has no length. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i] ?? 0];
    dot += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  const lengths = Math.sqrt(squaresA * squaresB);
  return lengths === 0 ? 0 : dot / lengths;
}
