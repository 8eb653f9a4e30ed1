import { iob2 } from '../bio.ts';
import { labelOfTag } from '../labels.ts';
import type { Finding } from '../types.ts';

/** A tag with the line that it stands on. */
export interface LinedTag {
  readonly tag: string;
  readonly line: number;
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

/**
 * Brings the tags of a file to IOB2 and tells what was changed. IOB1 and IOB2 differ in how an entity begins that follows
 * no entity of its label: whichever of `I-` and `B-` does so more often in the whole file decides. Under IOB2 each other
 * opening is a finding of its own; it is read as conlleval does, as the beginning of an entity.
 */
export function toIob2(sentences: readonly (readonly LinedTag[])[]): { tags: string[][]; findings: Finding[] } {
  const findings: Finding[] = [];
  const all = sentences.flat();
  const ended = all.find(({ tag }) => plain(tag) !== tag);
  if (ended !== undefined) {
    const message = 'The tags are IOBES or BILOU; they were read as IOB2.';
    findings.push({ code: 'scheme-converted', severity: 'note', line: ended.line, message });
  }
  const openings = sentences.flatMap(openingsOf);
  const byI = openings.filter(({ tag }) => tag.startsWith('I-'));
  const [first] = byI;
  if (first !== undefined && byI.length > openings.length / 2) {
    const message = `The tags are IOB1: ${String(byI.length)} of ${String(openings.length)} entities after other words open with I-. They were read as IOB2.`;
    findings.push({ code: 'scheme-converted', severity: 'note', line: first.line, message });
  } else {
    for (const { tag, line } of byI) {
      const message = `“${tag}” continues no entity; it was read as “B-${tag.slice(2)}”.`;
      findings.push({ code: 'illegal-opening', severity: 'warning', line, message });
    }
  }
  return { tags: sentences.map((tags) => iob2(tags.map(({ tag }) => plain(tag)))), findings };
}

/** The tags that open an entity after `O`, after another label, or at the beginning: where the schemes differ. */
function openingsOf(tags: readonly LinedTag[]): LinedTag[] {
  return tags.flatMap(({ tag, line }, i) => {
    const label = labelOfTag(tag);
    const before = labelOfTag(tags[i - 1]?.tag ?? 'O');
    return label !== null && label !== before ? [{ tag: plain(tag), line }] : [];
  });
}
