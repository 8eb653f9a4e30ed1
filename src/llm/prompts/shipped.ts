import type { PromptBlocks, PromptTemplate } from './template.ts';
import { templateOf } from './versions.ts';

const role = { on: true, text: 'You are an expert annotator for named entity recognition.' };
const json =
  '{"entities": [{"text": "<exact words from the sentence>", "type": "{{types}}"}, ...]}, in order of appearance. If there is none: {"entities": []}.';
const examples = { on: false, text: 'Examples:', choice: 'nearest', count: 5 } as const;
const off = { on: false, text: '' };

const standardBlocks: PromptBlocks = {
  role,
  definitions: { on: true, text: 'Find the named entities in the sentence. Types:' },
  instructions: off,
  reasoning: off,
  examples,
  output: { form: 'json', text: `Answer with JSON only: ${json}` },
};

const fourSteps = [
  'Work in four steps and write them down briefly:',
  '1. Context: what is the sentence about?',
  '2. Candidates: list every phrase that might be a name, also those that you will reject.',
  '3. Type: for each candidate decide {{labels}} or not an entity, from its context.',
  '4. Reason: justify each decision in a few words.',
].join('\n');

const cotBlocks: PromptBlocks = {
  role,
  definitions: { on: true, text: 'Types:' },
  instructions: off,
  reasoning: { on: true, text: fourSteps },
  examples,
  output: { form: 'json', text: `Then answer with JSON on the last line: ${json}` },
};

const candidateLines = [
  'Answer with one numbered line for each phrase that might be a name, in order of appearance, also for those that you reject:',
  '1. <exact words from the sentence> | <{{types}} or none> | <the reason in a few words>',
  'If there is no such phrase, answer with the one word none.',
].join('\n');

const candidateBlocks: PromptBlocks = {
  ...standardBlocks,
  output: { form: 'lines', text: candidateLines },
};

/** The prompts that come with Vermeil: to be copied and edited, never changed. */
export const shippedPrompts: {
  readonly standard: PromptTemplate;
  readonly cot: PromptTemplate;
  readonly candidates: PromptTemplate;
} = {
  standard: templateOf({ id: 'standard', version: 1, name: 'Standard', blocks: standardBlocks }),
  cot: templateOf({ id: 'cot', version: 1, name: 'Chain of thought', blocks: cotBlocks }),
  candidates: templateOf({ id: 'candidates', version: 1, name: 'Numbered candidates', blocks: candidateBlocks }),
};

/** Definitions of the CoNLL-2003 labels, as the shipped sample was asked with; others are the person's to write. */
export const conllDefinitions: Readonly<Record<string, string>> = {
  PER: 'names of people',
  ORG: 'companies, institutions, political and other organisations',
  LOC: 'countries, cities, regions and other places',
  MISC: 'other named entities, such as nationalities, events, laws, products and works of art',
};
