import { promoted, spanKey } from '../data/authors.ts';
import { sameAs } from '../data/findings/check.ts';
import type { Sentence } from '../data/types.ts';

/** What becomes of a sentence that the gold dataset has already. */
export type WhereThere = 'keep' | 'replace';

export interface Taken {
  readonly sentences: readonly Sentence[];
  readonly added: number;
  readonly replaced: number;
  /** Sentences that were there and stayed as they were. */
  readonly kept: number;
  /** Sentences that nobody has labelled, which are not taken. */
  readonly unlabelled: number;
  /** The sentences of the gold dataset with this taken back, whatever else has changed since. */
  readonly without: (now: readonly Sentence[]) => readonly Sentence[];
}

/**
 * Copies labelled sentences into a gold dataset, with who made each label. Two sentences of the same words are one; ids
 * that are taken get a number behind them.
 */
export function takenInto(gold: readonly Sentence[], wanted: readonly Sentence[], whereThere: WhereThere): Taken {
  const sentences = [...gold];
  const places = new Map(gold.map((sentence, i) => [sameAs(sentence), i]));
  const ids = new Set(gold.map(({ id }) => id));
  const come = new Map<Sentence, Sentence | null>();
  let [added, kept, unlabelled] = [0, 0, 0];
  for (const sentence of wanted) {
    if (sentence.spans === null) {
      unlabelled++;
      continue;
    }
    const place = places.get(sameAs(sentence));
    if (place === undefined) {
      const copy = { ...promoted(sentence), id: freeId(sentence.id, ids) };
      ids.add(copy.id);
      places.set(sameAs(copy), sentences.length);
      sentences.push(copy);
      come.set(copy, null);
      added++;
      continue;
    }
    const there = sentences[place]!;
    if (whereThere === 'keep' || sameLabels(there, sentence)) {
      kept++;
      continue;
    }
    const copy = { ...promoted(sentence), id: there.id };
    sentences[place] = copy;
    come.set(copy, there);
  }
  const without: Taken['without'] = (now) =>
    now.flatMap((sentence) => {
      const before = come.get(sentence);
      return before === undefined ? [sentence] : before === null ? [] : [before];
    });
  return { sentences, added, replaced: come.size - added, kept, unlabelled, without };
}

function sameLabels(a: Sentence, b: Sentence): boolean {
  const keys = ({ spans }: Sentence) => spans?.map(spanKey).sort().join('\n');
  return a.text === b.text && keys(a) === keys(b);
}

function freeId(id: string, taken: ReadonlySet<string>): string {
  let free = id;
  for (let n = 2; taken.has(free); n++) free = `${id}-${String(n)}`;
  return free;
}
