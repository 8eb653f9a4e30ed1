import { madeBy, overlaps } from '../data/authors.ts';
import type { Authorship, Finding, FindingCode, Range, Sentence } from '../data/types.ts';
import type { RawAnswer } from './answerFile.ts';
import { batchIdOf } from './batch/customId.ts';
import { parseAnswer, type Answer, type AnswerFailure } from './answers.ts';
import { groundEntities, groundingStatuses, type GroundedEntity, type GroundingStatus } from './grounding.ts';

/** Entities by what became of them, and sentences whose answer labels nothing or is missing. */
export type Statuses = Readonly<Record<GroundingStatus | AnswerFailure | 'missing', number>>;

/** A sentence's raw answer with what became of it; `raw` is null where there is none. */
export interface GroundedAnswer {
  readonly id: string;
  readonly raw: string | null;
  readonly answer: Answer | null;
  /** Also of an answer that was cut off: what came before the cut labels nothing by itself, yet a person may take it. */
  readonly items: readonly GroundedEntity[];
}

export interface Grounded {
  /** As given, with spans from the answers; null where the answer labels nothing or is missing. */
  readonly sentences: readonly Sentence[];
  readonly statuses: Statuses;
  /** One a sentence, in the same order. */
  readonly answers: readonly GroundedAnswer[];
  /** `line` is that of the answer; of a sentence without one its number. */
  readonly findings: readonly Finding[];
}

/** What was asked for, as far as it is known. */
export interface AskedFor {
  /** Absent: every type is a label. */
  readonly labels?: readonly string[] | undefined;
  /** Texts of the examples that the prompt of a sentence showed. */
  readonly examplesOf?: ((id: string) => readonly string[]) | undefined;
  /** Who is written down for the labels; absent: nobody, and not whoever made the labels that stood there before. */
  readonly author?: Authorship | undefined;
}

/** Labels sentences from recorded answers, matched by id; of several answers to one sentence the first counts. */
export function groundAnswers(
  sentences: readonly Sentence[],
  answers: readonly RawAnswer[],
  asked: AskedFor = {},
): Grounded {
  const { byId, findings } = matched(sentences, answers);
  const statuses = noStatuses();
  const labelled: Sentence[] = [];
  const grounded: GroundedAnswer[] = [];
  sentences.forEach((sentence, i) => {
    const found = byId.get(sentence.id);
    const one = groundAnswer(sentence, found ?? null, asked);
    labelled.push(one.sentence);
    grounded.push(one.grounded);
    for (const { status } of one.grounded.answer?.kind === 'entities' ? one.grounded.items : []) statuses[status]++;
    const { answer } = one.grounded;
    if (answer === null) statuses.missing++;
    else if (answer.kind !== 'entities') statuses[answer.kind]++;
    findings.push(...findingsOf(sentence, one.grounded, found?.line ?? i + 1));
  });
  return { sentences: labelled, statuses, answers: grounded, findings };
}

/** Labels one sentence from its raw answer; an answer that cannot be used leaves it unlabelled. */
export function groundAnswer(
  sentence: Sentence,
  raw: Pick<RawAnswer, 'response' | 'finish'> | null,
  { labels, examplesOf, author }: AskedFor,
): { readonly sentence: Sentence; readonly grounded: GroundedAnswer } {
  const { id, text } = sentence;
  const bare = withoutLabels(sentence);
  if (raw === null) return { sentence: bare, grounded: { id, raw: null, answer: null, items: [] } };
  const answer = parseAnswer(raw.response, { labels, finish: raw.finish });
  const entities = 'entities' in answer ? answer.entities : [];
  const { items } = groundEntities(text, entities, { labels, examples: examplesOf?.(id) });
  const grounded = { id, raw: raw.response, answer, items };
  if (answer.kind !== 'entities') return { sentence: bare, grounded };
  const spans = items.flatMap(({ span }) => span ?? []).sort((a, b) => a.start - b.start);
  // An entity whose label nobody asked for is not “no entity”: its words are left out of the loss.
  const masked = items.flatMap(({ status, range }) =>
    status === 'unknown-label' && range !== null && !spans.some((span) => overlaps(span, range)) ? [range] : [],
  );
  const labelled = { ...bare, spans, ...(masked.length > 0 && { masked: distinct(masked) }) };
  return { sentence: author === undefined ? labelled : madeBy(labelled, author), grounded };
}

/** A sentence as it is put to a teacher: what was said of its labels, by whom and how surely, goes with them. */
export function withoutLabels(sentence: Sentence): Sentence {
  const bare = { ...sentence, spans: null };
  delete bare.authors;
  delete bare.masked;
  delete bare.weight;
  return bare;
}

function distinct(ranges: readonly Range[]): Range[] {
  return [...new Map(ranges.map((range) => [`${String(range.start)}-${String(range.end)}`, range])).values()];
}

/** No entity and no sentence of any status. */
export function noStatuses(): Record<keyof Statuses, number> {
  const entities = Object.fromEntries(groundingStatuses.map((status) => [status, 0])) as Record<
    GroundingStatus,
    number
  >;
  return { ...entities, malformed: 0, refused: 0, 'cut-off': 0, missing: 0 };
}

/** By sentence id; an answer may name its sentence by `batchIdOf`. */
function matched(
  sentences: readonly Sentence[],
  answers: readonly RawAnswer[],
): { readonly byId: ReadonlyMap<string, RawAnswer>; readonly findings: Finding[] } {
  const findings: Finding[] = [];
  const known = new Map([
    ...sentences.map(({ id }) => [batchIdOf(id), id] as const),
    ...sentences.map(({ id }) => [id, id] as const),
  ]);
  const byId = new Map<string, RawAnswer>();
  for (const answer of answers) {
    const { line } = answer;
    const id = known.get(answer.id);
    if (id === undefined) {
      findings.push(finding('answer-unknown', 'error', line, `There is no sentence ${answer.id}.`));
    } else if (byId.has(id)) {
      const message = `Sentence ${id} has an answer before; this one was left out.`;
      findings.push(finding('duplicate-id', 'error', line, message));
    } else byId.set(id, answer);
  }
  return { byId, findings };
}

const failureCodes: Readonly<Record<AnswerFailure, FindingCode>> = {
  malformed: 'answer-malformed',
  refused: 'answer-refused',
  'cut-off': 'answer-cut-off',
};

function findingsOf({ id, text }: Sentence, { answer, items }: GroundedAnswer, line: number): Finding[] {
  if (answer === null) {
    return [finding('answer-missing', 'warning', line, `Sentence ${id} has no answer; it stays unlabelled.`)];
  }
  if (answer.kind !== 'entities') {
    const message = `Answer to ${id}: ${answer.reason}. The sentence stays unlabelled.`;
    return [finding(failureCodes[answer.kind], 'warning', line, message)];
  }
  const slips = finding('answer-repaired', 'note', line, `Answer to ${id}: slips in its JSON were mended.`);
  return [...(answer.repaired ? [slips] : []), ...items.flatMap((item) => findingOf(item, text, id, line))];
}

function findingOf({ entity, status, range }: GroundedEntity, text: string, id: string, line: number): Finding[] {
  const name = `“${entity.text}” (${entity.type})`;
  const there = range === null ? '' : text.slice(range.start, range.end);
  const found = `${name} was found as “${there}” in sentence ${id}.`;
  switch (status) {
    case 'exact':
      return [];
    case 'folded':
      return [finding('entity-folded', 'note', line, found)];
    case 'fuzzy':
      return [finding('entity-fuzzy', 'warning', line, found)];
    case 'not-found':
      return [finding('entity-not-found', 'warning', line, `${name} is nowhere in sentence ${id}.`)];
    case 'overlapping':
      return [
        finding(
          'entity-overlapping',
          'warning',
          line,
          `${name} stands in sentence ${id} only where another entity is; it was left out.`,
        ),
      ];
    case 'unknown-label':
      return [
        finding(
          'entity-unknown-label',
          'warning',
          line,
          `${name} in sentence ${id} has a label that was not asked for; its words are left out of training.`,
        ),
      ];
    case 'copied-from-example':
      return [
        finding(
          'entity-copied',
          'warning',
          line,
          `${name} is not in sentence ${id} but in an example of the prompt; it was left out.`,
        ),
      ];
  }
}

function finding(code: FindingCode, severity: Finding['severity'], line: number, message: string): Finding {
  return { code, severity, line, message };
}
