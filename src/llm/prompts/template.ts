import { digestJson } from '../../core/hash.ts';

/** A part of a prompt that can be switched off. In `text`, `{{labels}}` becomes `PER, ORG` and `{{types}}` `PER|ORG`. */
export interface TextBlock {
  readonly on: boolean;
  readonly text: string;
}

/** Where examples come from: a list that stands, or the gold sentences nearest to the sentence asked about. */
export type ExampleChoice = 'fixed' | 'nearest';

/** `json`: a list of entities. `lines`: numbered candidates, rejected ones too, each with its reason. */
export type OutputForm = 'json' | 'lines';

/** The blocks of a prompt in the order in which they stand. The form of the answer cannot be switched off. */
export interface PromptBlocks {
  readonly role: TextBlock;
  /** Its text heads the list of labels with their definitions. */
  readonly definitions: TextBlock;
  readonly instructions: TextBlock;
  /** Steps to be written down before the answer: chain of thought. */
  readonly reasoning: TextBlock;
  /** Its text heads the examples; `count` is the most that are shown. */
  readonly examples: TextBlock & { readonly choice: ExampleChoice; readonly count: number };
  readonly output: { readonly form: OutputForm; readonly text: string };
}

/** One version of a prompt. It never changes: an edit is a new version with another hash. */
export interface PromptTemplate {
  readonly id: string;
  /** Counts the versions of one id, from 1. */
  readonly version: number;
  readonly name: string;
  readonly blocks: PromptBlocks;
  /** SHA-256 in hex of the blocks: two templates that say the same have the same. */
  readonly hash: string;
}

/** A sentence with the entities that it holds, as it is shown to the teacher. */
export interface PromptExample {
  readonly id: string;
  readonly text: string;
  readonly entities: readonly { readonly text: string; readonly type: string }[];
  /** The steps before the answer, where the prompt asks for them. */
  readonly reasoning?: string;
}

/** What a template is filled with. A label without a definition stands alone. */
export interface PromptInput {
  readonly labels: readonly string[];
  readonly definitions: Readonly<Record<string, string>>;
  readonly examples: readonly PromptExample[];
  readonly sentence: string;
}

/** The request for one sentence, as it is sent. */
export interface RenderedPrompt {
  readonly system: string;
  readonly user: string;
  /** SHA-256 in hex that names the prompt: blocks, labels, definitions and fixed examples, the same for every sentence. */
  readonly hash: string;
  /** JSON schema of the answer; null where the answer is not JSON alone, so that no schema cuts the reasoning off. */
  readonly structured: Readonly<Record<string, unknown>> | null;
}

/** Fills a template for one sentence: blocks that are on, in their order, a line apart; the sentence is the user's part. */
export function renderPrompt(
  template: PromptTemplate,
  input: PromptInput,
  hash = promptHashOf(template, input),
): RenderedPrompt {
  const { role, definitions, instructions, reasoning, examples, output } = template.blocks;
  const { labels, sentence } = input;
  const shown = examples.on ? input.examples.slice(0, examples.count) : [];
  const parts = [
    textOf(role),
    definitions.on
      ? [definitions.text, ...labels.map((label) => definitionOf(label, input.definitions))].join('\n')
      : '',
    textOf(instructions),
    textOf(reasoning),
    output.text,
  ].map((part) => filled(part.trim(), labels));
  // Examples are other people's text: nothing in them is a place to fill.
  if (shown.length > 0) {
    const heading = filled(examples.text.trim(), labels);
    parts.push([heading, ...shown.map((example) => exampleText(template, example))].filter(Boolean).join('\n\n'));
  }
  const system = parts.filter((part) => part !== '').join('\n');
  const user = `Sentence: ${sentence}`;
  const structured = output.form === 'json' && !reasoning.on ? schemaOf(labels) : null;
  return { system, user, structured, hash };
}

/**
 * The hash of a prompt, the same for every sentence. Only what it shows counts: definitions of labels that it has not, and
 * examples that it leaves out, do not.
 */
export function promptHashOf(
  { blocks }: PromptTemplate,
  { labels, definitions, examples }: Omit<PromptInput, 'sentence'>,
): string {
  const { on, choice, count } = blocks.examples;
  return digestJson({
    blocks,
    labels,
    definitions: labels.map((label) => definitionOf(label, definitions)),
    examples: on && choice === 'fixed' ? examples.slice(0, count) : [],
  });
}

function textOf({ on, text }: TextBlock): string {
  return on ? text : '';
}

function definitionOf(label: string, definitions: PromptInput['definitions']): string {
  const definition = Object.hasOwn(definitions, label) ? definitions[label]!.trim() : '';
  return definition === '' ? `- ${label}` : `- ${label}: ${definition}`;
}

/** By a function: in a replacement string `$&` would have a meaning. */
function filled(text: string, labels: readonly string[]): string {
  return text.replaceAll('{{labels}}', () => labels.join(', ')).replaceAll('{{types}}', () => labels.join('|'));
}

function exampleText({ blocks }: PromptTemplate, { text, entities, reasoning }: PromptExample): string {
  const answer =
    blocks.output.form === 'json'
      ? JSON.stringify({ entities: entities.map((entity) => ({ text: entity.text, type: entity.type })) })
      : linesOfEntities(entities);
  const steps = blocks.reasoning.on && reasoning !== undefined ? [reasoning.trim()] : [];
  return [`Sentence: ${text}`, ...steps, answer].join('\n');
}

/** The answer of the form `lines`; a sentence without entities has the one line that says so. */
function linesOfEntities(entities: PromptExample['entities']): string {
  if (entities.length === 0) return 'none';
  return entities.map(({ text, type }, i) => `${String(i + 1)}. ${text} | ${type} | a name`).join('\n');
}

/** As OpenAI's strict mode wants it: every member required, no others allowed. */
function schemaOf(labels: readonly string[]): Readonly<Record<string, unknown>> {
  const entity = {
    type: 'object',
    properties: { text: { type: 'string' }, type: { type: 'string', enum: labels } },
    required: ['text', 'type'],
    additionalProperties: false,
  };
  return {
    type: 'object',
    properties: { entities: { type: 'array', items: entity } },
    required: ['entities'],
    additionalProperties: false,
  };
}
