import type { Sentence } from '../types.ts';
import type { Check, CheckId, Found, Part, Surroundings } from './check.ts';
import { emptySentence } from './emptySentence.ts';
import { labelCase } from './labelCase.ts';
import { labelEverywhere, labelMissing } from './labelShares.ts';
import { offsetInCharacter } from './offsetInCharacter.ts';
import { offsetOutside } from './offsetOutside.ts';
import { duplicate, labelsDiffer, leak } from './repeated.ts';
import { spanOverlap } from './spanOverlap.ts';
import { tooLong } from './tooLong.ts';
import { spanCutsWord, spanEdges, spanWithoutWord } from './wordBorders.ts';

/** All checks, in the order in which they are mended: spans first, for they decide what is a duplicate. */
export const checks: Readonly<Record<CheckId, Check>> = {
  'offset-outside': offsetOutside,
  'offset-in-character': offsetInCharacter,
  'span-without-word': spanWithoutWord,
  'span-edges': spanEdges,
  'span-cuts-word': spanCutsWord,
  'span-overlap': spanOverlap,
  'label-case': labelCase,
  'empty-sentence': emptySentence,
  duplicate,
  'labels-differ': labelsDiffer,
  leak,
  'too-long': tooLong,
  'label-missing': labelMissing,
  'label-everywhere': labelEverywhere,
};

/** What all checks find in some datasets looked at together. */
export function findAll(parts: readonly Part[], surroundings: Surroundings = {}): Found[] {
  return Object.values(checks).flatMap((check) => check.find(parts, surroundings));
}

export interface Mended {
  readonly parts: readonly Part[];
  /** What was mended, in the order of mending; `sentence` is the place that it had when its check was run. */
  readonly fixed: readonly (Found & { readonly before: Sentence })[];
  readonly changed: number;
  readonly removed: number;
}

/**
 * Mends what the chosen checks find, one check after another in the order of `checks`, each on what the one before it
 * left. `chosen` is for all parts, or a list for each. Checks without a rule change nothing. `changed` and `removed` count
 * sentences, one that was changed twice twice.
 */
export function mend(
  parts: readonly Part[],
  chosen: readonly CheckId[] | readonly (readonly CheckId[])[],
  surroundings: Surroundings = {},
): Mended {
  const chosenIn = (part: number, id: CheckId) =>
    chosen.some((entry, i) => (typeof entry === 'string' ? entry === id : i === part && entry.includes(id)));
  const fixed: (Found & { before: Sentence })[] = [];
  let mended = parts;
  for (const check of Object.values(checks)) {
    if (!parts.some((_, part) => chosenIn(part, check.id))) continue;
    const fixes = check
      .find(mended, surroundings)
      .filter(({ fix, part }) => fix !== null && chosenIn(part, check.id))
      .flatMap((found) => {
        const before = found.sentence === null ? undefined : mended[found.part]?.sentences[found.sentence];
        return before === undefined ? [] : [{ ...found, before }];
      });
    for (const fix of fixes) fixed.push(fix);
    mended = applied(mended, fixes);
  }
  const count = (kind: 'remove' | 'spans') => fixed.filter(({ fix }) => fix?.kind === kind).length;
  return { parts: mended, fixed, changed: count('spans'), removed: count('remove') };
}

/** Parts with some fixes made; parts without any are the same objects. A check gives a sentence one fix at most. */
function applied(parts: readonly Part[], fixes: readonly Found[]): readonly Part[] {
  return parts.map((part, at) => {
    const own = new Map(fixes.filter((found) => found.part === at).map((found) => [found.sentence, found.fix]));
    if (own.size === 0) return part;
    const sentences = part.sentences.flatMap((sentence, i) => {
      const fix = own.get(i);
      if (fix === undefined || fix === null) return [sentence];
      return fix.kind === 'remove' ? [] : [{ ...sentence, spans: fix.spans }];
    });
    return { ...part, sentences };
  });
}
