import type { Sentence, Span } from '../data/types.ts';
import { compareTeachers, type TeacherComparison } from '../llm/quality/compareTeachers.ts';
import { teachersInWords } from '../llm/quality/compareWords.ts';
import { standingInWords, standingOf, type ProbeUse } from '../llm/prompts/standing.ts';
import { gateOf, type Gate } from '../llm/quality/gate.ts';
import { gateInWords } from '../llm/quality/gateWords.ts';
import { spanKey } from '../data/authors.ts';
import type { SpanAgreement } from '../eval/agreement.ts';
import type { MistakeKind } from '../eval/mistakes.ts';
import { byText, differenceOf } from './browse.ts';

export type { Gate, ShownMistake } from '../llm/quality/gate.ts';
export type { Estimate, LabelQuality } from '../llm/quality/intervals.ts';

/** Labels that a teacher wrote: a silver dataset of the project, or recorded answers that are in none. */
export interface Labelling {
  readonly id: string;
  readonly name: string;
  readonly sentences: readonly Sentence[];
  /** The dataset in which its sentences open; null where it is none. */
  readonly datasetId: string | null;
  /** What each answer cost, USD, null where that is not known; empty where nothing was paid. */
  readonly costs: readonly (number | null)[];
  /** Whether a simulated teacher wrote them. */
  readonly simulated: boolean;
  /** Names the prompt that was put; absent where nobody knows. */
  readonly promptHash?: string;
}

/** Sentences with labels to be trusted, by which others are judged. */
export interface Probe {
  readonly id: string;
  readonly name: string;
  readonly sentences: readonly Sentence[];
  readonly datasetId: string | null;
}

/** A labelling with what it is worth on a probe. */
export interface Judged {
  readonly labelling: Labelling;
  readonly gate: Gate;
  /** What the gate says, in sentences. */
  readonly words: string;
}

/** Two labellings side by side. */
export interface Rivals {
  readonly comparison: TeacherComparison;
  readonly words: string;
  /** Over all sentences that both label, gold or not; null where there are none. */
  readonly agreement: { readonly sentences: number; readonly spans: SpanAgreement } | null;
  readonly differing: readonly { readonly a: Sentence; readonly b: Sentence }[];
}

/** The labels that a labelling has of the probe's texts, under the probe's ids: copies of a dataset may have other ids. */
export function foundOn(probe: readonly Sentence[], sentences: readonly Sentence[]): readonly Sentence[] {
  const texts = byText(sentences);
  return probe.flatMap(({ id, text }) => {
    const found = texts.get(text);
    if (found === undefined) return [];
    return found.id === id ? found : { ...found, id };
  });
}

/** How many texts of a probe a labelling has labelled. */
export function sharedWith(probe: readonly Sentence[], sentences: readonly Sentence[]): number {
  const texts = byText(sentences);
  return probe.filter((gold) => gold.spans !== null && (texts.get(gold.text)?.spans ?? null) !== null).length;
}

/** What was measured last, by the probe's sentences and a name: measuring draws thousands of samples. */
const measured = new WeakMap<readonly Sentence[], Map<string, { readonly key: string; readonly value: unknown }>>();

function remembered<T>(probe: readonly Sentence[], name: string, key: string, measure: () => T): T {
  const here = measured.get(probe) ?? new Map<string, { readonly key: string; readonly value: unknown }>();
  measured.set(probe, here);
  const known = here.get(name);
  if (known?.key === key) return known.value as T;
  const value = measure();
  here.set(name, { key, value });
  return value;
}

/** Measures a labelling on a probe; one whose labels there are as they were is not measured again. */
export function judge(probe: Probe, labelling: Labelling, threshold: number): Judged {
  const { sentences } = probe;
  const { id, costs } = labelling;
  const texts = byText(labelling.sentences);
  const asked = sentences.filter(({ text }) => texts.has(text)); // what it was not asked about is no failure
  const found = foundOn(asked, labelling.sentences);
  const key = `${String(threshold)} ${JSON.stringify(costs)} ${labelsKey(found)}`;
  const gate = remembered(sentences, id, key, () => gateOf(asked, found, { threshold, costs, examples: 20 }));
  return { labelling, gate, words: gateInWords(gate) };
}

/** Equal for two labellings that say the same of a probe. */
export function labelsKey(found: readonly Sentence[]): string {
  return JSON.stringify(found.map(({ id, spans, masked }) => [id, spans, masked]));
}

/** How two labellings compare on a probe, and how far they agree with one another wherever both label. */
export function rivals(probe: Probe, a: Labelling, b: Labelling): Rivals {
  const [foundA, foundB] = [foundOn(probe.sentences, a.sentences), foundOn(probe.sentences, b.sentences)];
  const comparison = remembered(
    probe.sentences,
    JSON.stringify([a.id, b.id]),
    `${labelsKey(foundA)} ${labelsKey(foundB)}`,
    () => compareTeachers(probe.sentences, foundA, foundB),
  );
  const both = a.sentences.flatMap((one) => {
    const other = byText(b.sentences).get(one.text);
    return one.spans === null || (other?.spans ?? null) === null ? [] : [{ a: one, b: other! }];
  });
  return {
    comparison,
    words: teachersInWords(comparison, a.name, b.name),
    agreement: both.length === 0 ? null : { sentences: both.length, spans: spansOf(both) },
    differing: both.filter((pair) => differenceOf(pair.a, pair.b) > 0),
  };
}

/** Agreement on spans alone: all that is shown, and made anew with each edit, unlike the κ of words of `agreementOf`. */
function spansOf(pairs: Rivals['differing']): SpanAgreement {
  let [both, a, b] = [0, 0, 0];
  for (const pair of pairs) {
    const [first, second] = [pair.a, pair.b].map(({ spans }) => new Set(spans?.map(spanKey)));
    for (const key of first!) if (second!.has(key)) both++;
    a += first!.size;
    b += second!.size;
  }
  return { f1: a + b === 0 ? 1 : (2 * both) / (a + b), both, a, b };
}

/** How far the score of one labelling may be believed after all prompts that were tried on the probe; '' where that is not known. */
export function standingOfJudged(probe: Probe, shown: Judged, all: readonly Judged[]): string {
  const { promptHash } = shown.labelling;
  if (promptHash === undefined) return '';
  const uses = all.flatMap(({ labelling }): ProbeUse[] => {
    if (labelling.promptHash === undefined) return [];
    const answered = foundOn(probe.sentences, labelling.sentences).filter(({ spans }) => spans !== null);
    return [{ promptHash: labelling.promptHash, sentences: answered.map(({ id }) => id) }];
  });
  const standing = standingOf(promptHash, uses);
  return standing.kind === 'untouched' ? '' : standingInWords(standing);
}

/** All labels of some gates, in order. */
export function labelsOfAll(judged: readonly Judged[]): readonly string[] {
  return [...new Set(judged.flatMap(({ gate }) => Object.keys(gate.labels)))].sort();
}

/** A gold sentence with the teacher's labels of it. */
export interface MistakenSentence {
  readonly sentence: Sentence;
  readonly found: readonly Span[];
  /** Its id in the teacher's dataset; null where the labels are in none. */
  readonly foundId: string | null;
}

/** Sentences with a mistake of one kind, each once. */
export function examplesOf(
  { sentences }: Probe,
  { labelling, gate }: Judged,
  kind: MistakeKind,
): readonly MistakenSentence[] {
  const wrong = new Set(gate.mistakes[kind].examples.map(({ sentence }) => sentence.id));
  const texts = byText(labelling.sentences);
  return sentences.flatMap((sentence) => {
    const found = wrong.has(sentence.id) ? texts.get(sentence.text) : undefined;
    if (found === undefined) return [];
    return { sentence, found: found.spans ?? [], foundId: labelling.datasetId === null ? null : found.id };
  });
}
