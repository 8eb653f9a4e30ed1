import { findAll, mend, checks } from '../data/findings/checks.ts';
import type { Check, CheckId, Part } from '../data/findings/check.ts';
import { rowsOfFound, type FindingRow } from '../data/findings/report.ts';
import { mapLabels, type LabelMap } from '../data/sets/mapLabels.ts';
import type { Sentence } from '../data/types.ts';

/** What the person chose for a file before it is added. */
export interface Choices {
  readonly labels: LabelMap;
  /** Checks whose findings are mended by their rule; all others are left as they are. */
  readonly mends: readonly CheckId[];
}

/** What one check found in a file. */
export interface CheckGroup {
  readonly check: Check;
  readonly rows: readonly FindingRow[];
  /** How many of them the check's rule would mend. */
  readonly mendable: number;
}

/** What the checks find in a file, beside datasets that are there already: leaks and repeats lie between them. */
export function checkGroups(file: Part, beside: readonly Part[], labels: LabelMap): readonly CheckGroup[] {
  const parts = [mapped(file, labels), ...beside];
  const found = findAll(parts).filter(({ part }) => part === 0);
  return Object.values(checks).flatMap((check): CheckGroup[] => {
    const own = found.filter((one) => one.check === check.id);
    if (own.length === 0) return [];
    return [{ check, rows: rowsOfFound(parts, own), mendable: own.filter(({ fix }) => fix !== null).length }];
  });
}

/** The sentences of a file as they will be added, with how many were changed and removed by mending. */
export function chosenSentences(
  file: Part,
  beside: readonly Part[],
  { labels, mends }: Choices,
): { readonly sentences: readonly Sentence[]; readonly changed: number; readonly removed: number } {
  // Only the file is mended: what is there already changes by the person's hand alone.
  const { parts } = mend([mapped(file, labels), ...beside], mends);
  const sentences = parts[0]?.sentences ?? [];
  const before = new Set(mapped(file, labels).sentences);
  const kept = sentences.filter((sentence) => before.has(sentence)).length;
  return { sentences, changed: sentences.length - kept, removed: file.sentences.length - sentences.length };
}

function mapped(file: Part, labels: LabelMap): Part {
  return Object.keys(labels).length === 0 ? file : { ...file, sentences: mapLabels(file.sentences, labels).sentences };
}
