import { iob2 } from '../bio.ts';
import { labelOfTag } from '../labels.ts';
import type { Finding } from '../types.ts';

/** A tag with the line that it stands on. */
export interface LinedTag {
  readonly tag: string;
  readonly line: number;
  /** The whole line, to be shown with a finding. */
  readonly text?: string;
}

/** Whether a column's text can be a tag: `O`, or a prefix of IOB, IOBES or BILOU with a label. */
export function isTag(text: string): boolean {
  return text === 'O' || labelOfTag(text) !== null;
}

/** IOBES and BILOU in the letters of IOB: a single is a beginning, an end goes on. */
const plainPrefix: Readonly<Record<string, string>> = { S: 'B', U: 'B', E: 'I', L: 'I' };

function plain(tag: string): string {
  const prefix = plainPrefix[tag.slice(0, 1)];
  return prefix === undefined || tag === 'O' ? tag : prefix + tag.slice(1);
}

/** What a file's tags were found to be, and what was changed. Each names a line. */
export type SchemeFinding = Finding & { readonly code: 'scheme-converted' | 'illegal-opening' };

/** Watches the tags of a file go by, a sentence at a time, and tells at the end which scheme they follow. */
export interface SchemeWatch {
  /** The tags of one sentence as IOB2. */
  take(tags: readonly LinedTag[]): string[];
  end(): SchemeFinding[];
  /** What the tags so far are; null before the first entity. */
  scheme(): Scheme | null;
}

export type Scheme = 'IOB1' | 'IOB2' | 'I-only' | 'IOBES' | 'BILOU';

/** What becomes of an `I-` that continues nothing: it opens an entity, or its words stay outside of all entities. */
export type StrayOpenings = 'mend' | 'leave';

/**
 * IOB1 and IOB2 differ in how an entity begins that follows no entity of its label: whichever of `I-` and `B-` does so
 * more often in the whole file decides. Under IOB2 each other opening is a finding of its own. Either way it is read as
 * conlleval does, as the beginning of an entity, so that nothing has to wait for the end; with `leave` it is no entity,
 * as in the strict reading of IOB2, which is for files that are known to be IOB2.
 */
export function watchScheme(stray: StrayOpenings = 'mend'): SchemeWatch {
  const byI: LinedTag[] = [];
  let openings = 0;
  let begins = 0;
  let ended: LinedTag | null = null;
  return {
    take(tags) {
      for (const lined of tags) {
        if (plain(lined.tag) !== lined.tag) ended ??= lined;
        if (lined.tag.startsWith('B-')) begins++;
      }
      const opened = openingsOf(tags);
      openings += opened.length;
      byI.push(...opened.filter(({ tag }) => tag.startsWith('I-')));
      const plainTags = tags.map(({ tag }) => plain(tag));
      return iob2(stray === 'mend' ? plainTags : withoutStray(plainTags));
    },
    scheme() {
      if (ended !== null) return /^[LU]-/.test(ended.tag) ? 'BILOU' : 'IOBES';
      if (openings === 0) return null;
      if (byI.length <= openings / 2) return 'IOB2';
      return begins === 0 ? 'I-only' : 'IOB1';
    },
    end() {
      const findings: SchemeFinding[] = [];
      const note = (at: LinedTag, message: string) => {
        findings.push({ code: 'scheme-converted', severity: 'note', ...placeOf(at), message });
      };
      if (ended !== null) {
        const name = /^[LU]-/.test(ended.tag) ? 'BILOU' : 'IOBES';
        note(ended, `The tags are ${name}; they were read as IOB2.`);
      }
      const [first] = byI;
      if (first === undefined) return findings;
      if (byI.length <= openings / 2) return [...findings, ...byI.map((opening) => strayOpening(opening, stray))];
      if (begins === 0) {
        note(
          first,
          `The tags are I-only: all ${String(openings)} entities open with I-, and neighbours of one label stand as one entity. They were read as IOB2.`,
        );
      } else {
        note(
          first,
          `The tags are IOB1: ${String(byI.length)} of ${String(openings)} entities after other words open with I-. They were read as IOB2.`,
        );
      }
      return findings;
    },
  };
}

/** Tags with `O` in place of each `I-` that follows no tag of its label, and of those that go on from there. */
function withoutStray(tags: readonly string[]): string[] {
  const kept: string[] = [];
  for (const tag of tags) {
    const follows = labelOfTag(kept.at(-1) ?? 'O') === labelOfTag(tag);
    kept.push(tag.startsWith('I-') && !follows ? 'O' : tag);
  }
  return kept;
}

function strayOpening(opening: LinedTag, stray: StrayOpenings): SchemeFinding {
  const { tag } = opening;
  const became = stray === 'mend' ? `it was read as “B-${tag.slice(2)}”` : 'it was read as no entity';
  const message = `“${tag}” continues no entity; ${became}.`;
  return { code: 'illegal-opening', severity: 'warning', ...placeOf(opening), message };
}

function placeOf({ line, text }: LinedTag): Pick<Finding, 'line' | 'excerpt'> {
  return { line, ...(text !== undefined && { excerpt: text }) };
}

/** The tags that open an entity after `O`, after another label, or at the beginning: where the schemes differ. */
function openingsOf(tags: readonly LinedTag[]): LinedTag[] {
  return tags.flatMap((lined, i) => {
    const label = labelOfTag(lined.tag);
    const before = labelOfTag(tags[i - 1]?.tag ?? 'O');
    return label !== null && label !== before ? [{ ...lined, tag: plain(lined.tag) }] : [];
  });
}
