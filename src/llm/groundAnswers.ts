import type { Finding, FindingCode, Sentence } from '../data/types.ts';
import type { RawAnswer } from './answerFile.ts';
import { parseAnswer, type Answer } from './answers.ts';
import { groundEntities, type GroundedEntity, type GroundingStatus } from './grounding.ts';

/** Entities by how they were found, and sentences whose answer is malformed or missing. */
export type Statuses = Readonly<Record<GroundingStatus | 'malformed' | 'missing', number>>;

/** A sentence's raw answer with what became of it; `raw` is null where there is none. */
export interface GroundedAnswer {
  readonly id: string;
  readonly raw: string | null;
  readonly answer: Answer | null;
  readonly items: readonly GroundedEntity[];
}

export interface Grounded {
  /** As given, with spans from the answers; null where the answer is malformed or missing. */
  readonly sentences: readonly Sentence[];
  readonly statuses: Statuses;
  /** One a sentence, in the same order. */
  readonly answers: readonly GroundedAnswer[];
  /** `line` is that of the answer; of a sentence without one its number. */
  readonly findings: readonly Finding[];
}

/** Labels sentences from recorded answers, matched by id; of several answers to one sentence the first counts. */
export function groundAnswers(sentences: readonly Sentence[], answers: readonly RawAnswer[]): Grounded {
  const findings: Finding[] = [];
  const note = (code: FindingCode, severity: Finding['severity'], line: number, message: string) => {
    findings.push({ code, severity, line, message });
  };
  const known = new Set(sentences.map(({ id }) => id));
  const byId = new Map<string, RawAnswer>();
  for (const answer of answers) {
    const { id, line } = answer;
    if (!known.has(id)) note('answer-unknown', 'error', line, `There is no sentence ${id}.`);
    else if (byId.has(id))
      note('duplicate-id', 'error', line, `Sentence ${id} has an answer before; this one was left out.`);
    else byId.set(id, answer);
  }
  const statuses = { exact: 0, folded: 0, 'not-found': 0, malformed: 0, missing: 0 };
  const grounded = sentences.map((sentence, i): GroundedAnswer => {
    const { id, text } = sentence;
    const found = byId.get(id);
    if (found === undefined) {
      statuses.missing++;
      note('answer-missing', 'warning', i + 1, `Sentence ${id} has no answer; it stays unlabelled.`);
      return { id, raw: null, answer: null, items: [] };
    }
    const { response: raw, line } = found;
    const answer = parseAnswer(raw);
    if (answer.kind === 'malformed') {
      statuses.malformed++;
      note('answer-malformed', 'warning', line, `Answer to ${id}: ${answer.reason}. The sentence stays unlabelled.`);
      return { id, raw, answer, items: [] };
    }
    if (answer.repaired) note('answer-repaired', 'note', line, `Answer to ${id}: slips in its JSON were mended.`);
    const { items } = groundEntities(text, answer.entities);
    for (const { entity, status, span } of items) {
      statuses[status]++;
      if (status === 'not-found') {
        note(
          'entity-not-found',
          'warning',
          line,
          `“${entity.text}” (${entity.type}) is nowhere free in sentence ${id}.`,
        );
      } else if (status === 'folded' && span !== null) {
        const there = text.slice(span.start, span.end);
        note(
          'entity-folded',
          'note',
          line,
          `“${entity.text}” (${entity.type}) was found as “${there}” in sentence ${id}.`,
        );
      }
    }
    return { id, raw, answer, items };
  });
  const labelled = sentences.map((sentence, i) => ({ ...sentence, spans: spansOf(grounded[i]!) }));
  return { sentences: labelled, statuses, answers: grounded, findings };
}

function spansOf({ answer, items }: GroundedAnswer): Sentence['spans'] {
  if (answer?.kind !== 'entities') return null;
  return items.flatMap(({ span }) => span ?? []).sort((a, b) => a.start - b.start);
}
