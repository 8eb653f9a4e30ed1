/** An entity of a tag sequence: its label and the half-open range of word numbers that it covers. */
export interface Entity {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

/** How tags become entities: as conlleval reads them, or only those that are whole under IOB2. */
export type Reading = 'default' | 'strict';

interface ReadTag {
  /** First character of the tag: `O`, `B`, `I`, or `E` and `S` of IOBES. */
  readonly prefix: string;
  readonly label: string;
}

/** Splits at the first hyphen only, so that `B-MISC-OTHER` is of `MISC-OTHER`; a bare `B` has the label `_`, as in seqeval. */
function readTag(tag: string): ReadTag {
  const rest = tag.slice(1);
  return { prefix: tag.slice(0, 1), label: (rest.startsWith('-') ? rest.slice(1) : rest) || '_' };
}

/** Whether an entity that holds `before` goes on with `tag`. */
type Continues = (before: ReadTag, tag: ReadTag) => boolean;

const sameLabel: Continues = (before, tag) => before.label === tag.label;

/**
 * The two readings differ in what may open an entity. conlleval lets anything but `O` open one where none goes on; strict
 * IOB2 wants a `B-`, and an `I-` that continues nothing belongs to no entity.
 */
const readings: Readonly<Record<Reading, { opens(tag: ReadTag): boolean; continues: Continues }>> = {
  default: {
    opens: ({ prefix }) => prefix !== 'O',
    continues: (before, tag) => /^[BI]$/.test(before.prefix) && /^[IE]$/.test(tag.prefix) && sameLabel(before, tag),
  },
  strict: {
    opens: ({ prefix }) => prefix === 'B',
    continues: (before, tag) => /^[BI]$/.test(before.prefix) && tag.prefix === 'I' && sameLabel(before, tag),
  },
};

/**
 * Entities of one sentence's tags, in order. Equal to seqeval 1.2.2: `default` to its `get_entities`, `strict` to
 * `mode='strict', scheme=IOB2`, which refuses IOBES tags where this leaves them out.
 */
export function entitiesOf(tags: readonly string[], reading: Reading): Entity[] {
  const { opens, continues } = readings[reading];
  const entities: Entity[] = [];
  let open: { label: string; start: number; end: number } | null = null;
  let before: ReadTag = readTag('O');
  tags.forEach((name, i) => {
    const tag = readTag(name);
    if (open !== null && continues(before, tag)) {
      open.end = i + 1;
    } else {
      open = opens(tag) ? { label: tag.label, start: i, end: i + 1 } : null;
      if (open !== null) entities.push(open);
    }
    before = tag;
  });
  return entities;
}
