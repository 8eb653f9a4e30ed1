import * as v from 'valibot';
import type { Sentence } from '../data/types.ts';
import { withoutLabels } from '../llm/groundAnswers.ts';
import { without } from '../llm/prompts/nearest.ts';
import { blocksSchema } from '../llm/prompts/promptFile.ts';
import { promptHashOf, renderPrompt, type PromptExample, type PromptTemplate } from '../llm/prompts/template.ts';
import type { HttpProviderId, Question } from '../llm/providers/provider.ts';

/** Who is asked, without what a job must not keep (a key) or need not (a file of answers, gold). */
export type TeacherChoice =
  | { readonly kind: 'endpoint'; readonly provider: HttpProviderId }
  /** The sample's recorded answers to one of its two prompts. */
  | { readonly kind: 'recorded'; readonly prompt: 'standard' | 'cot' }
  | { readonly kind: 'simulated'; readonly preset: string; readonly seed: number }
  /** Whoever answers requests that leave as files; `name` is what a person calls it. */
  | { readonly kind: 'files'; readonly name: string };

/** `annotate`: the answers become silver. `probe`: gold sentences are asked about, to judge the teacher; nothing is made of them. */
export type Purpose = 'annotate' | 'probe';

/** Plain JSON by which the questions of a job are made again word for word, after a reload too; a job's `source.recipe`. */
export interface Recipe {
  readonly purpose: Purpose;
  /** Ids of the sentences that are asked about, in their order. */
  readonly sentences: readonly string[];
  readonly template: PromptTemplate;
  readonly labels: readonly string[];
  readonly definitions: Readonly<Record<string, string>>;
  /** With their texts, for the gold that they were taken from may change. */
  readonly examples: readonly PromptExample[];
  /** Ids of the examples that each sentence is shown, in their order, by its id; null = all of them, whatever the sentence. */
  readonly shown: Readonly<Record<string, readonly string[]>> | null;
  /** Answers that are asked for about each sentence, from 1. */
  readonly samples: number;
  readonly teacher: TeacherChoice;
}

const text = v.string();
const template = v.object({ id: text, version: v.number(), name: text, hash: text, blocks: blocksSchema });
const example = v.object({
  id: text,
  text,
  entities: v.array(v.object({ text, type: text })),
});
const recipe = v.object({
  purpose: v.picklist(['annotate', 'probe']),
  sentences: v.array(text),
  template,
  labels: v.array(text),
  definitions: v.record(text, text),
  examples: v.array(example),
  shown: v.nullable(v.record(text, v.array(text))),
  samples: v.pipe(v.number(), v.integer(), v.minValue(1)),
  teacher: v.variant('kind', [
    v.object({ kind: v.literal('endpoint'), provider: v.picklist(['openai', 'anthropic', 'gemini']) }),
    v.object({ kind: v.literal('recorded'), prompt: v.picklist(['standard', 'cot']) }),
    v.object({ kind: v.literal('simulated'), preset: text, seed: v.number() }),
    v.object({ kind: v.literal('files'), name: text }),
  ]),
});

/** The recipe of a stored job; null where it has none that this version can read. */
export function decodeRecipe(value: unknown): Recipe | null {
  const read = v.safeParse(recipe, value);
  return read.success ? read.output : null;
}

/** A prompt of the person's own as it was stored; null where it is none. */
export function decodeTemplate(value: unknown): PromptTemplate | null {
  const read = v.safeParse(template, value);
  return read.success ? read.output : null;
}

/** The sentences of a recipe among those of its dataset, without labels; some may be gone. */
export function askedIn({ sentences: ids }: Pick<Recipe, 'sentences'>, dataset: readonly Sentence[]): Sentence[] {
  const byId = new Map(dataset.map((sentence) => [sentence.id, sentence]));
  return ids.flatMap((id) => {
    const found = byId.get(id);
    return found === undefined ? [] : [withoutLabels(found)];
  });
}

/** A recipe for other sentences, or to another end. */
export function recipeAbout(sentences: readonly Sentence[], recipe: Recipe, purpose: Purpose): Recipe {
  return { ...recipe, purpose, sentences: sentences.map(({ id }) => id) };
}

/** The examples that the prompt of a sentence shows: never itself, by id or text. */
export function examplesFor({ examples, shown }: Recipe, asked: Sentence): readonly PromptExample[] {
  if (shown === null) return without(examples, asked);
  const byId = new Map(examples.map((example) => [example.id, example]));
  const chosen = (shown[asked.id] ?? []).flatMap((id) => byId.get(id) ?? []);
  return without(chosen, asked);
}

/** The prompt of one sentence. */
export function promptOf(recipe: Recipe, asked: Sentence, hash = promptHashOf(recipe.template, recipe)) {
  const { template, labels, definitions } = recipe;
  const input = { labels, definitions, examples: examplesFor(recipe, asked), sentence: asked.text };
  return renderPrompt(template, input, hash);
}

/** All questions of a job: every sentence once, then every sentence again for the second sample, and so on. */
export function questionsOf(recipe: Recipe, sentences: readonly Sentence[]): Question[] {
  const hash = promptHashOf(recipe.template, recipe); // once: there may be many thousand sentences
  const prompts = sentences.map((sentence) => ({ sentenceId: sentence.id, prompt: promptOf(recipe, sentence, hash) }));
  return Array.from({ length: recipe.samples }, (_, sample) => sample).flatMap((sample) =>
    prompts.map(({ sentenceId, prompt }) => ({ sentenceId, sample, prompt })),
  );
}
