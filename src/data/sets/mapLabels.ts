import type { Sentence, Span } from '../types.ts';

/** What becomes of each label: another name, or null to drop its spans. Labels that are not named stay. */
export type LabelMap = Readonly<Record<string, string | null>>;

export interface LabelPreset {
  readonly name: string;
  /** What it is for, and where it departs from the one to the other. */
  readonly what: string;
  readonly labels: LabelMap;
}

const ontoNotesRest = ['DATE', 'TIME', 'PERCENT', 'MONEY', 'QUANTITY', 'ORDINAL', 'CARDINAL'];
const dropped = (labels: readonly string[]): LabelMap => Object.fromEntries(labels.map((label) => [label, null]));

/**
 * Usual mappings. OntoNotes has 18 types (OntoNotes Release 5.0, section 2.6), CoNLL-2003 four; WNUT-17 six.
 */
export const labelPresets: readonly LabelPreset[] = [
  {
    name: 'OntoNotes to CoNLL-2003',
    what: 'PERSON becomes PER; GPE, LOC and FAC become LOC; ORG stays; NORP, EVENT, WORK_OF_ART, PRODUCT, LAW and LANGUAGE become MISC; numbers and dates are dropped.',
    labels: {
      ...{ PERSON: 'PER', GPE: 'LOC', LOC: 'LOC', FAC: 'LOC', ORG: 'ORG' },
      ...{ NORP: 'MISC', EVENT: 'MISC', WORK_OF_ART: 'MISC', PRODUCT: 'MISC', LAW: 'MISC', LANGUAGE: 'MISC' },
      ...dropped(ontoNotesRest),
    },
  },
  {
    name: 'WNUT-17 to CoNLL-2003',
    what: 'person becomes PER, location LOC, corporation and group ORG, creative-work and product MISC.',
    labels: {
      ...{ person: 'PER', location: 'LOC', corporation: 'ORG', group: 'ORG' },
      ...{ 'creative-work': 'MISC', product: 'MISC' },
    },
  },
  {
    name: 'Long names to CoNLL-2003',
    what: 'PERSON becomes PER, LOCATION LOC, ORGANIZATION and ORGANISATION ORG, MISCELLANEOUS and OTHER MISC.',
    labels: {
      ...{ PERSON: 'PER', LOCATION: 'LOC', ORGANIZATION: 'ORG', ORGANISATION: 'ORG' },
      ...{ MISCELLANEOUS: 'MISC', OTHER: 'MISC' },
    },
  },
  {
    name: 'CrossNER politics to CoNLL-2003',
    what: 'politician and person become PER; location and country LOC; politicalparty and organisation ORG; election, event and misc MISC.',
    labels: {
      ...{ politician: 'PER', person: 'PER', location: 'LOC', country: 'LOC' },
      ...{ politicalparty: 'ORG', organisation: 'ORG', election: 'MISC', event: 'MISC', misc: 'MISC' },
    },
  },
];

export interface Mapped {
  readonly sentences: readonly Sentence[];
  /** Spans that got another name. */
  readonly renamed: number;
  /** Spans that were dropped, those that became one with another span included. */
  readonly dropped: number;
}

/** Renames, merges and drops labels. Spans of one range that come to have one label become one; authors go with their spans. */
export function mapLabels(sentences: readonly Sentence[], map: LabelMap): Mapped {
  let [renamed, dropped] = [0, 0];
  const target = (label: string): string | null => (Object.hasOwn(map, label) ? map[label]! : label);
  const mapped = sentences.map((sentence) => {
    const { spans } = sentence;
    if (spans?.some(({ label }) => target(label) !== label) !== true) return sentence;
    const kept = new Map<string, Span>();
    for (const span of spans) {
      const label = target(span.label);
      const key = `${String(span.start)}-${String(span.end)} ${label ?? ''}`;
      if (label === null || kept.has(key)) {
        dropped++;
        continue;
      }
      if (label !== span.label) renamed++;
      kept.set(key, label === span.label ? span : { ...span, label });
    }
    return { ...sentence, spans: [...kept.values()], ...authorsAfter(sentence, target) };
  });
  return { sentences: mapped, renamed, dropped };
}

/** Names of single spans hold their label, and change with it. */
function authorsAfter({ authors }: Sentence, target: (label: string) => string | null): Pick<Sentence, 'authors'> {
  if (authors?.spans === undefined) return {};
  const spans = Object.entries(authors.spans).flatMap(([key, author]) => {
    const space = key.indexOf(' ');
    const label = target(key.slice(space + 1));
    return label === null ? [] : [[`${key.slice(0, space)} ${label}`, author] as const];
  });
  return { authors: { all: authors.all, spans: Object.fromEntries(spans) } };
}
