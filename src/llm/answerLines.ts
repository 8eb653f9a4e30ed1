import { hasRest, isRejection, type FormAnswer } from './answerText.ts';
import type { AnswerEntity, RejectedCandidate } from './answers.ts';

/** One line read: an entity, a rejected candidate, or a candidate whose type is missing. */
type Line = { readonly text: string; readonly type: string; readonly reason: string } | 'incomplete' | null;

const bullet = /^\s*(?:(\d+)[.)]|[-*•])\s+/;

/**
 * Numbered or bulleted lines, or rows of a table, `text | type | reason`; a type that rejects makes a rejected candidate. As in
 * PromptNER (Ashok & Lipton 2023, arXiv 2305.15444), the second part may be True or False and the type stand in brackets at
 * the end. With labels known, `text: PER`, `text (PER)` and `text - PER` are read too. Null where no line is a candidate.
 */
export function readLinesAnswer(text: string, labels: readonly string[] | undefined): FormAnswer | null {
  const entities: AnswerEntity[] = [];
  const rejected: RejectedCandidate[] = [];
  const lines = tableBodies(text.split(/\r?\n/));
  let last = -1;
  let broken = -1;
  lines.forEach((content, i) => {
    const line = readLine(content, labels);
    if (line === null) return;
    last = i;
    if (line === 'incomplete') broken = i;
    else if (isRejection(line.type)) rejected.push({ text: line.text, reason: line.reason });
    else entities.push({ text: line.text, type: line.type });
  });
  if (last < 0) return null;
  const rest = hasRest(lines.slice(last + 1).join('\n'));
  if (broken === last && !rest) return { kind: 'cut-off', entities };
  if (broken >= 0) return { kind: 'malformed', reason: `its line ${String(broken + 1)} has no type` };
  // Under a limit the last line may have lost its end, so it counts as something that follows the last whole one.
  return { kind: 'read', entities, rejected, repaired: false, rest: true };
}

/** Lines without headings of Markdown tables and the rule under them; rows without their outer bars. Places are kept. */
function tableBodies(lines: readonly string[]): string[] {
  const isRule = (line = '') => line.includes('|') && /^\s*\|?[\s:|-]*-{2,}[\s:|-]*$/.test(line);
  return lines.map((line, i) => {
    if (isRule(line) || isRule(lines[i + 1])) return '';
    return /^\s*\|/.test(line) ? line.replace(/^\s*\|/, '- ').replace(/\|\s*$/, '') : line;
  });
}

function readLine(content: string, labels: readonly string[] | undefined): Line {
  const marked = bullet.exec(content);
  const body = content.slice(marked?.[0].length ?? 0);
  const parts = body.split(/\s*(?:\||\t|→|->|=>)\s*/).map(plain);
  const [text = '', type = '', ...rest] = parts;
  const isLabel = (name: string) => labels?.some((label) => label.toLowerCase() === name.toLowerCase()) ?? false;
  if (parts.length > 1) {
    const reason = rest.join(' | ');
    if (/^true$/i.test(type)) {
      const named = /\(([^()]+)\)[.\s]*$/.exec(reason)?.[1]?.trim();
      return named === undefined ? 'incomplete' : { text, type: named, reason };
    }
    if (marked === null && !isLabel(type) && !(type !== '' && isRejection(type))) return null;
    if (text === '') return null;
    return type === '' ? 'incomplete' : { text, type, reason };
  }
  if (marked === null || labels === undefined) return null;
  const found = /^(.+?)\s*(?:[:–-]\s*(\S+)|\(([^()]+)\)|\[([^[\]]+)\])$/.exec(plain(body));
  const named = plain(found?.[2] ?? found?.[3] ?? found?.[4] ?? '');
  return found !== null && isLabel(named) ? { text: plain(found[1]!), type: named, reason: '' } : null;
}

/** A part without Markdown's marks and quotes around it. */
function plain(part: string): string {
  const bare = part.trim().replace(/^(\*{1,2}|`|_)(.*)\1$/, '$2');
  return bare.trim().replace(/^["“”'‘’<](.*)["“”'‘’>]$/, '$1');
}
