import { fixedExamples } from '../../llm/prompts/nearest.ts';
import { readPrompt } from '../../llm/prompts/promptFile.ts';
import { shippedPrompts } from '../../llm/prompts/shipped.ts';
import type { PromptExample, PromptTemplate } from '../../llm/prompts/template.ts';
import { edited } from '../../llm/prompts/versions.ts';
import { labelledSentences } from '../files/dataFiles.ts';
import { readJson } from '../files/files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { entryNamed } from './entryNamed.ts';

/** A prompt that ships with Vermeil, or the one in a JSON file. */
export async function promptNamed(name: string): Promise<PromptTemplate> {
  if (!name.toLowerCase().endsWith('.json')) return entryNamed('prompt', name, shippedPrompts);
  return readPrompt(await readJson(name), name);
}

/** The labelled sentences of a file as examples; null where none is named. Throws `data-empty`. */
export async function examplesFrom(path: string | null, terminal: Terminal): Promise<readonly PromptExample[] | null> {
  if (path === null) return null;
  return fixedExamples(await labelledSentences([path], null, terminal), new Set());
}

/** The prompt with examples switched on, as they stand in their file; the prompt itself where there are none. */
export function shownWith(examples: readonly PromptExample[] | null, template: PromptTemplate): PromptTemplate {
  const { blocks } = template;
  if (examples === null) return template;
  return edited(template, { ...blocks, examples: { ...blocks.examples, on: true, choice: 'fixed' } });
}
