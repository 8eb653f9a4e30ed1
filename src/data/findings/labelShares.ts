import { tagsOfSpans } from '../bio.ts';
import type { Check, Found, Part } from './check.ts';

/** Share of all words above which one label is taken for a mistake: entities are rare in text. */
const tooLarge = 0.5;
/** Words below which a share says nothing. */
const fewWords = 50;

function labelsOf(parts: readonly Part[]): Set<string> {
  return new Set(
    parts.flatMap(({ sentences }) => sentences.flatMap(({ spans }) => spans?.map(({ label }) => label) ?? [])),
  );
}

export const labelMissing: Check = {
  id: 'label-missing',
  title: 'Labels that training or test lacks',
  rule: null,
  severity: 'warning',
  find(parts) {
    const holds = (part: Part) => part.sentences.some(({ spans }) => spans !== null && spans.length > 0);
    const judging = ({ role }: Part) => role === 'dev' || role === 'test';
    const training = parts.filter((part) => !judging(part) && holds(part));
    const trained = labelsOf(training);
    return parts.flatMap((part, at): Found[] => {
      if (!judging(part) || !holds(part) || training.length === 0) return [];
      const own = labelsOf([part]);
      const unseen = [...own].filter((label) => !trained.has(label)).sort();
      const untested = [...trained].filter((label) => !own.has(label)).sort();
      const told = (labels: readonly string[], says: string): Found[] =>
        labels.map((label) => ({
          check: 'label-missing',
          part: at,
          sentence: null,
          message: `${label} ${says}`,
          fix: null,
        }));
      return [
        ...told(unseen, `is in ${part.name}, and training holds none of it: it cannot be learnt.`),
        ...told(untested, `is in training, and ${part.name} holds none of it: it cannot be scored.`),
      ];
    });
  },
};

export const labelEverywhere: Check = {
  id: 'label-everywhere',
  title: 'One label on most words',
  rule: null,
  severity: 'warning',
  find: (parts) =>
    parts.flatMap(({ name, sentences }, part): Found[] => {
      const counts = new Map<string, number>();
      let words = 0;
      for (const sentence of sentences) {
        if (sentence.spans === null) continue;
        words += sentence.words.length;
        for (const tag of tagsOfSpans(sentence.words, sentence.spans).tags) {
          if (tag !== 'O') counts.set(tag.slice(2), (counts.get(tag.slice(2)) ?? 0) + 1);
        }
      }
      return [...counts]
        .filter(([, count]) => words >= fewWords && count > tooLarge * words)
        .map(([label, count]) => {
          const message = `${label} is on ${String(count)} of ${String(words)} words of ${name}. Is it the name for “no entity”?`;
          return { check: 'label-everywhere', part, sentence: null, message, fix: null };
        });
    }),
};
