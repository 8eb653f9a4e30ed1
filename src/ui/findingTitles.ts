import { checks } from '../data/findings/checks.ts';
import type { FindingCode } from '../data/types.ts';
import type { FaultId } from '../state/faults.ts';

/** What a kind of finding is called in a list. */
export const findingTitles: Readonly<Record<FindingCode, string>> = {
  'malformed-line': 'Records that cannot be read',
  'missing-field': 'Records that lack a part',
  'offset-outside': 'Spans outside their text',
  'offset-in-character': 'Spans that cut a character in two',
  'offsets-converted': 'Offsets that count otherwise',
  'span-overlap': 'Spans that overlap',
  'span-cuts-word': 'Spans that cut words',
  'span-trimmed': 'Spans that begin or end between words',
  'span-without-word': 'Spans that cover no word',
  'illegal-opening': 'I- tags that continue nothing',
  'scheme-converted': 'Tags of another scheme',
  'label-names-missing': 'Tags by number without names',
  'not-labelled': 'Sentences without labels',
  'not-kept': 'What is not kept',
  'answer-rejected': 'Rejected examples',
  'answer-ignored': 'Ignored examples',
  'several-annotations': 'Several annotations of one text',
  'predictions-used': 'Predictions taken as labels',
  'empty-sentence': 'Records without a word',
  'decoded-as-latin-1': 'Lines that are not UTF-8',
  'nul-removed': 'NUL characters removed',
  'labels-mapped': 'Labels that were mapped',
  mended: 'What was mended',
  'not-listed': 'Findings that are not listed',
  'duplicate-id': 'Ids that occur twice',
  'answer-malformed': 'Answers that cannot be read',
  'answer-repaired': 'Answers that were repaired',
  'answer-missing': 'Sentences without an answer',
  'answer-unknown': 'Answers to no sentence',
  'answer-refused': 'Answers that were refused',
  'answer-cut-off': 'Answers that were cut off',
  'answer-failed': 'Requests that failed',
  'entity-folded': 'Entities found in another writing',
  'entity-fuzzy': 'Entities found nearly so',
  'entity-not-found': 'Entities that are not in the text',
  'entity-overlapping': 'Entities that overlap',
  'entity-unknown-label': 'Entities with an unknown label',
  'entity-copied': 'Entities copied to further places',
};

/** What a kind of fault is called, whoever found it. */
export function titleOfFault(id: FaultId): string {
  return id in checks ? checks[id as keyof typeof checks].title : findingTitles[id as FindingCode];
}
