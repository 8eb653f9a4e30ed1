import { simulationPresets } from '../../llm/simulate/presets.ts';
import type { Option } from '../command.ts';
import { voteOptions } from '../votes.ts';
import { providerNames } from './source.ts';

/** The options of `vermeil annotate`. */
export const annotateOptions: readonly Option[] = [
  { name: 'in', value: 'F', text: 'File of sentences, in any format that Vermeil reads.' },
  { name: 'out', value: 'F', text: 'File to write.' },
  { name: 'model', value: 'NAME', text: 'Model to ask.' },
  {
    name: 'provider',
    value: 'P',
    text: `${providerNames.join(', ')}; openai is every endpoint that speaks its interface: OpenRouter, vLLM, LM Studio, llama.cpp, Ollama.`,
    fallback: 'openai',
  },
  {
    name: 'endpoint',
    value: 'URL',
    text: 'Base address, such as http://localhost:11434/v1.',
    fallback: 'the provider’s own',
  },
  {
    name: 'prompt',
    value: 'NAME',
    text: 'standard, cot (chain of thought) or candidates; or a JSON file with a prompt of your own.',
    fallback: 'standard',
  },
  {
    name: 'examples',
    value: 'F',
    text: 'Labelled file whose first sentences are shown as examples, five where the prompt does not say how many. A sentence is never its own example.',
  },
  {
    name: 'nearest',
    value: null,
    text: 'With examples: show those nearest to each sentence, by the embeddings of the shipped checkpoint, and not the first ones.',
  },
  {
    name: 'samples',
    value: 'K',
    text: 'Ask K times about each sentence, and put the answers to the vote.',
    fallback: '1',
  },
  ...voteOptions,
  {
    name: 'labels',
    value: 'L',
    text: 'Labels to look for, as PER,ORG.',
    many: true,
    fallback: 'those that are defined',
  },
  {
    name: 'definitions',
    value: 'F',
    text: 'JSON file of a definition a label.',
    fallback: 'PER, ORG, LOC and MISC of CoNLL-2003',
  },
  { name: 'key-env', value: 'NAME', text: 'Environment variable that holds the key.' },
  { name: 'budget', value: 'USD', text: 'Stop before it could cost more, requests in flight counted at their most.' },
  { name: 'price', value: 'IN,OUT', text: 'USD for a million tokens.', fallback: 'from a table of list prices' },
  { name: 'concurrency', value: 'N', text: 'Requests at the same time.', fallback: '4' },
  { name: 'requests-per-minute', value: 'N', text: 'No more requests than that.' },
  { name: 'timeout', value: 'S', text: 'Seconds that a request may take.', fallback: '120' },
  { name: 'max-tokens', value: 'N', text: 'Most tokens of an answer.', fallback: '1024, with steps 4096' },
  { name: 'temperature', value: 'X', text: 'Sent only where given, as are --top-p and --seed.' },
  { name: 'top-p', value: 'X', text: 'See --temperature.' },
  { name: 'seed', value: 'N', text: 'See --temperature.' },
  {
    name: 'structured',
    value: null,
    text: 'Have the provider keep to the schema of the answer; never for chain of thought.',
  },
  { name: 'extra', value: 'JSON', text: 'Further fields of each request.' },
  { name: 'limit', value: 'N', text: 'Only the first N sentences.' },
  { name: 'plan', value: null, text: 'Tell what it would take, and send nothing.' },
  { name: 'resume', value: null, text: 'Go on with the answers beside the output.' },
  { name: 'again', value: 'WHAT', text: 'Ask those again that are failed or uncertain.', many: true },
  { name: 'from', value: 'X', text: 'Format of the input.', fallback: 'told by content' },
  { name: 'format', value: 'X', text: 'Format of the output.', fallback: 'by the ending of --out, else jsonl' },
  { name: 'answers', value: 'F', text: 'With recorded: the answers.' },
  {
    name: 'preset',
    value: 'NAME',
    text: `With simulated: ${simulationPresets.map(({ id }) => id).join(', ')}.`,
    fallback: 'sample-standard',
  },
];
