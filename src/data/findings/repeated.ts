import { spanKey } from '../authors.ts';
import type { Sentence } from '../types.ts';
import { sameAs, type Check, type Found, type Part } from './check.ts';

/** A sentence with its place. */
interface Placed {
  readonly sentence: Sentence;
  readonly index: number;
}

/** Sentences of a part that have the same words, in order; only those that occur more than once. */
function repeatsIn({ sentences }: Part): Placed[][] {
  const groups = new Map<string, Placed[]>();
  sentences.forEach((sentence, index) => {
    if (sentence.words.length === 0) return;
    const key = sameAs(sentence);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ sentence, index }]);
    else group.push({ sentence, index });
  });
  return [...groups.values()].filter((group) => group.length > 1);
}

/** The labels of a sentence on its words, so that two spacings of one sentence can be compared. */
function labelling({ words, spans }: Sentence): string | null {
  if (spans === null) return null;
  const place = (offset: number) => words.findIndex(({ end }) => end >= offset);
  const onWords = spans.map((span) =>
    spanKey({ start: place(span.start + 1), end: place(span.end), label: span.label }),
  );
  return onWords.sort().join(' ');
}

/** The same sentence with the same labels, in one part. */
export const duplicate: Check = {
  id: 'duplicate',
  title: 'Sentences that occur twice',
  rule: 'The first is kept, those that follow are removed.',
  severity: 'note',
  find: (parts) =>
    parts.flatMap((part, at) =>
      repeatsIn(part).flatMap((group) => {
        const first = new Map<string | null, number>();
        return group.flatMap(({ sentence, index }): Found[] => {
          const own = labelling(sentence);
          const before = first.get(own);
          if (before === undefined) {
            first.set(own, index);
            return [];
          }
          const message = `Sentence ${String(before + 1)} has the same words and labels.`;
          return [{ check: 'duplicate', part: at, sentence: index, message, fix: { kind: 'remove' } }];
        });
      }),
    ),
};

/** The same sentence with other labels, in one part: somebody has to say which are right. */
export const labelsDiffer: Check = {
  id: 'labels-differ',
  title: 'The same sentence with different labels',
  rule: null,
  severity: 'warning',
  find: (parts) =>
    parts.flatMap((part, at) =>
      repeatsIn(part).flatMap((group): Found[] => {
        const labelled = group.filter(({ sentence }) => sentence.spans !== null);
        const [first, ...others] = labelled;
        if (first === undefined) return [];
        return others
          .filter(({ sentence }) => labelling(sentence) !== labelling(first.sentence))
          .map(({ index }) => {
            const message = `Sentence ${String(first.index + 1)} has the same words and other labels.`;
            return { check: 'labels-differ', part: at, sentence: index, message, fix: null };
          });
      }),
    ),
};

/** Sentences of training that are also in the data which judge it: the scores would be too good. */
export const leak: Check = {
  id: 'leak',
  title: 'Sentences both in training and in dev or test',
  rule: 'They are removed from training.',
  severity: 'warning',
  find(parts) {
    const judging = new Map<string, string>();
    for (const { name, role, sentences } of parts) {
      if (role !== 'dev' && role !== 'test') continue;
      for (const sentence of sentences) judging.set(sameAs(sentence), judging.get(sameAs(sentence)) ?? name);
    }
    judging.delete('');
    return parts.flatMap(({ role, sentences }, part) =>
      role === 'dev' || role === 'test' || role === 'aside'
        ? []
        : sentences.flatMap((sentence, i): Found[] => {
            const where = judging.get(sameAs(sentence));
            if (where === undefined) return [];
            return [{ check: 'leak', part, sentence: i, message: `It is in ${where} too.`, fix: { kind: 'remove' } }];
          }),
    );
  },
};
