import type { Sentence } from '../../data/types.ts';
import { embeddingsOf } from '../../engine/embed.ts';
import { fixedExamples, nearestExamples, without } from '../../llm/prompts/nearest.ts';
import { readPrompt } from '../../llm/prompts/promptFile.ts';
import { shippedPrompts } from '../../llm/prompts/shipped.ts';
import type { PromptExample, PromptTemplate } from '../../llm/prompts/template.ts';
import { edited } from '../../llm/prompts/versions.ts';
import { createTokenizer } from '../../tokenizer/tokenizer.ts';
import type { Args } from '../args.ts';
import { openNodeDevice } from '../device.ts';
import { labelledSentences } from '../files/dataFiles.ts';
import { readJson } from '../files/files.ts';
import { loadStart } from '../files/load.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { usageError } from '../usage.ts';
import { entryNamed } from './entryNamed.ts';

/** A prompt, and the examples that it shows for a sentence: never the sentence itself, whose answer they would tell. */
export interface ShownPrompt {
  readonly template: PromptTemplate;
  readonly shownFor: (sentence: Sentence) => readonly PromptExample[];
}

/** The prompt that `--prompt`, `--examples` and `--nearest` ask for. */
export async function promptFrom(args: Args, sentences: readonly Sentence[], terminal: Terminal): Promise<ShownPrompt> {
  const template = await promptNamed(args.text('prompt') ?? 'standard');
  const path = args.text('examples');
  const nearest = args.has('nearest');
  if (path === null) {
    if (nearest) throw usageError('--nearest chooses among examples.', 'Name their file with --examples F.');
    return { template, shownFor: () => [] };
  }
  const gold = await labelledSentences([path], null, terminal);
  const { blocks } = template;
  const choice = nearest ? 'nearest' : 'fixed';
  const shown = edited(template, { ...blocks, examples: { ...blocks.examples, on: true, choice } });
  const { count } = blocks.examples;
  if (nearest) return { template: shown, shownFor: await nearestTo(sentences, gold, count, terminal) };
  const examples = fixedExamples(gold, new Set());
  return { template: shown, shownFor: (sentence) => without(examples, sentence).slice(0, count) };
}

/** A prompt that ships with Vermeil, or the one in a JSON file. */
async function promptNamed(name: string): Promise<PromptTemplate> {
  if (!name.toLowerCase().endsWith('.json')) return entryNamed('prompt', name, shippedPrompts);
  return readPrompt(await readJson(name), name);
}

/** By the embeddings of the shipped checkpoint. */
async function nearestTo(
  asked: readonly Sentence[],
  gold: readonly Sentence[],
  count: number,
  terminal: Terminal,
): Promise<ShownPrompt['shownFor']> {
  const { checkpoint } = await loadStart(null, 0, terminal);
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  await openNodeDevice('wasm', terminal);
  const vectors = await embeddingsOf(checkpoint, tokenizer, [...asked, ...gold], windowPieces, (done, total) => {
    terminal.progress(`comparing ${String(done)} of ${String(total)} sentences`);
  });
  terminal.endProgress();
  const vectorOf = new Map(asked.map((sentence, i) => [sentence.id, vectors[i]!]));
  const candidates = gold.map((sentence, i) => ({ sentence, vector: vectors[asked.length + i]! }));
  return ({ id, text }) => nearestExamples({ id, text, vector: vectorOf.get(id)! }, candidates, count, new Set());
}

/** WordPieces of a sentence that its embedding is made of, as the checkpoint's card has it. */
const windowPieces = 256;
