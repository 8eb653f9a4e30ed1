import type { Sentence } from '../../data/types.ts';
import type { Dispute, Disputed } from '../../run/folds.ts';
import { counted, score } from '../terminal/text.ts';

/** Disputed sentences that are told one by one; the rest are counted. */
const shown = 20;

/** F1 on unseen sentences below which most disputes are the models' own mistakes. */
const weakF1 = 0.7;

/** `PER “Anna”: labelled, not found by 2 of 3`. */
function entityText({ text }: Sentence, { span, by, votes }: Disputed, models: number): string {
  const quoted = `${span.label} “${text.slice(span.start, span.end)}”`;
  const said = by === 'label' ? 'labelled, not found' : 'not labelled, found';
  return `${quoted}: ${said} by ${String(votes)} of ${String(models)}`;
}

/** The disputed sentences in words, the most disputed first; `out` = the file that holds all of them. */
export function disputeText(
  sentences: readonly Sentence[],
  disputes: readonly Dispute[],
  models: number,
  f1: number,
  out: string | null,
): string {
  const all = sentences.length.toLocaleString('en-GB');
  const weak = f1 < weakF1 ? ' That is low: most of what they dispute will be their own mistakes.' : '';
  const head = [
    `${counted(disputes.length, 'sentence')} of ${all} disputed; a model may be wrong, so look at each.`,
    `On sentences that they had not seen, the models reach an F1 of ${score(f1)} against these labels.${weak}`,
  ].join('\n');
  const told = disputes.slice(0, shown).map(({ place, entities }) => {
    const sentence = sentences[place]!;
    const lines = entities.map((entity) => `  ${entityText(sentence, entity, models)}`);
    return [`${sentence.id}: ${sentence.text}`, ...lines].join('\n');
  });
  const left = disputes.length - told.length;
  const more =
    left <= 0 ? [] : [`… and ${counted(left, 'further sentence')}${out === null ? '; --out F writes all' : ''}.`];
  return [head, ...told, ...more, ...(out === null ? [] : [`All of them are in ${out}.`])].join('\n\n');
}

export function disputeJson(sentences: readonly Sentence[], { place, entities }: Dispute): object {
  const { id, text } = sentences[place]!;
  return {
    ...{ place, id },
    entities: entities.map(({ span, by, votes }) => ({ ...span, text: text.slice(span.start, span.end), by, votes })),
  };
}

/** The disputed sentences as they are labelled, the most disputed first, with what is disputed among their metadata. */
export function forReview(sentences: readonly Sentence[], disputes: readonly Dispute[], models: number): Sentence[] {
  return disputes.map(({ place, entities }) => {
    const sentence = sentences[place]!;
    const disputed = entities.map((entity) => entityText(sentence, entity, models)).join('; ');
    return { ...sentence, meta: { ...sentence.meta, disputed } };
  });
}
