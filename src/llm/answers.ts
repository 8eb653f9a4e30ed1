import { readJsonAnswer } from './answerJson.ts';
import { readLinesAnswer } from './answerLines.ts';
import { refusalIn, saysNone, withoutThinking } from './answerText.ts';
import type { Finish } from './providers/provider.ts';

/** An entity as a teacher writes it: words of the sentence, and a type such as `PER`. */
export interface AnswerEntity {
  readonly text: string;
  readonly type: string;
}

/** A phrase that the teacher looked at and did not take for an entity. */
export interface RejectedCandidate {
  readonly text: string;
  /** Empty where the teacher gave none. */
  readonly reason: string;
}

/** What a raw answer says. An answer that cannot be read is not one that found nothing. */
export type Answer =
  | {
      readonly kind: 'entities';
      readonly entities: readonly AnswerEntity[];
      readonly rejected: readonly RejectedCandidate[];
      /** Whether its JSON had slips, such as a comma too many, that had to be mended. */
      readonly repaired: boolean;
    }
  /** What came before the cut is kept to be looked at; what is missing cannot be known, so it labels nothing. */
  | { readonly kind: 'cut-off'; readonly entities: readonly AnswerEntity[]; readonly reason: string }
  | { readonly kind: 'malformed' | 'refused'; readonly reason: string };

/** Why an answer labels nothing. */
export type AnswerFailure = Exclude<Answer['kind'], 'entities'>;

/** What is known besides the text of an answer. */
export interface AnswerContext {
  /** The labels that were asked for: needed to tell `{"PER": ["Ann"]}` from `{"Ann": "PER"}` in every case. */
  readonly labels?: readonly string[] | undefined;
  /** How the provider says that the answer ended; absent where nobody said. */
  readonly finish?: Finish | undefined;
}

/**
 * Reads a teacher's raw answer: a JSON object with `entities`, else a list or a map of entities, else numbered lines; after
 * any amount of text, the last where there are several, for a teacher that thinks aloud may write drafts. Fences, `<think>`
 * and slips in the JSON are passed over. Never throws.
 */
export function parseAnswer(raw: string, context: AnswerContext = {}): Answer {
  const { labels, finish } = context;
  if (finish === 'refused') return { kind: 'refused', reason: 'the provider says that the teacher refused' };
  const text = withoutThinking(raw);
  if (text === null)
    return { kind: 'cut-off', entities: [], reason: 'the answer was cut off while the teacher thought' };
  const found = readJsonAnswer(text, labels) ?? readLinesAnswer(text, labels);
  if (found?.kind === 'read') {
    const { entities, rejected, repaired, rest } = found;
    // After a draft the end is missing; an answer that is whole before the cut has lost nothing.
    if (finish === 'cut-off' && rest) return cutOff(entities);
    return { kind: 'entities', entities, rejected, repaired };
  }
  if (found?.kind === 'cut-off') return cutOff(found.entities);
  if (finish === 'cut-off') return cutOff([]);
  if (found?.kind === 'malformed') return found;
  if (text.trim() === '') return { kind: 'malformed', reason: 'the answer is empty' };
  if (saysNone(text)) return { kind: 'entities', entities: [], rejected: [], repaired: false };
  const refusal = refusalIn(text);
  if (refusal !== null) return { kind: 'refused', reason: `the teacher says “${refusal}”` };
  return { kind: 'malformed', reason: 'there is no JSON object with “entities”, no list and no numbered line' };
}

function cutOff(entities: readonly AnswerEntity[]): Answer {
  const kept = entities.length === 0 ? '' : ` after ${String(entities.length)} of its entities`;
  return { kind: 'cut-off', entities, reason: `the answer was cut off${kept}` };
}
