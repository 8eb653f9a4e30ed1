import { conllDefinitions } from '../llm/prompts/shipped.ts';

/** The labels that a teacher is asked for: those typed, else those of the data, else the four of CoNLL-2003. */
export function labelsAsked(typed: string, ofData: readonly string[]): readonly string[] {
  const own = typed.split(/[\s,;]+/).filter((label) => label !== '');
  if (own.length > 0) return [...new Set(own)];
  return ofData.length > 0 ? [...ofData].sort() : Object.keys(conllDefinitions);
}

/**
 * What is missing of CoNLL's four where some of them, and no others, are asked for: data of which only one label was marked by
 * hand would have a teacher asked for that one alone. Empty for labels of one's own.
 */
export function labelsMissing(asked: readonly string[]): readonly string[] {
  const four = Object.keys(conllDefinitions);
  return asked.every((label) => four.includes(label)) ? four.filter((label) => !asked.includes(label)) : [];
}

/** What each label means, in words: those typed, else CoNLL's, else none. */
export function definitionsOf(
  labels: readonly string[],
  typed: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(labels.map((label) => [label, typed[label] ?? conllDefinitions[label] ?? '']));
}
