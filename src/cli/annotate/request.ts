import * as v from 'valibot';
import { isRecord, parseJson } from '../../core/decode.ts';
import { assumed, type Assumed } from '../../llm/job/plan.ts';
import { defaultLimits, type JobSpec, type Limits } from '../../llm/job/types.ts';
import { priceOf, priceTableDate, type Price } from '../../llm/price.ts';
import { conllDefinitions } from '../../llm/prompts/shipped.ts';
import { renderPrompt } from '../../llm/prompts/template.ts';
import { httpProviders } from '../../llm/providers/httpTeacher.ts';
import type { HttpProvider, HttpProviderId, Question, TeacherSettings } from '../../llm/providers/provider.ts';
import { localSettings } from '../../llm/providers/teacherOf.ts';
import { labelsIn } from '../../llm/simulate/simulate.ts';
import type { Sentence } from '../../data/types.ts';
import type { Args } from '../args.ts';
import { numberOf } from '../args.ts';
import { readJson } from '../files/files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { usageError } from '../usage.ts';
import { entryNamed } from './entryNamed.ts';
import { promptFrom, type ShownPrompt } from './prompt.ts';
import type { LocalSource } from './source.ts';

/** What the words of the command line ask for, but for the sentences. */
export interface Asked {
  /** Of a job over HTTP. */
  readonly httpId: HttpProviderId;
  readonly prompt: ShownPrompt;
  readonly labels: readonly string[];
  readonly definitions: Readonly<Record<string, string>>;
  readonly spec: JobSpec;
  readonly assumed: Assumed;
  /** What has to be said about the price. */
  readonly priceNote: string;
  /** Times that each sentence is asked about. */
  readonly samples: number;
}

/** Most tokens of an answer unless told otherwise: short for JSON alone, room for steps and for models that think. */
const maxTokens = { short: 1024, long: 4096 };

export async function askedFor(
  args: Args,
  local: LocalSource | null,
  sentences: readonly Sentence[],
  terminal: Terminal,
): Promise<Asked> {
  const prompt = await promptFrom(args, sentences, terminal);
  const thinks = prompt.template.blocks.reasoning.on;
  const settings = local === null ? settingsOf(args, thinks) : localSettings(local);
  const { price, priceNote } = local === null ? priceFor(args.text('price'), settings.model) : free;
  const { labels, definitions } = await labelsOf(args, local);
  const httpId = local === null ? httpProviderNamed(args).id : 'openai';
  return {
    httpId,
    prompt,
    labels,
    definitions,
    spec: {
      id: 'annotate',
      name: 'annotate',
      provider: local?.provider ?? httpId,
      settings,
      limits: limitsOf(args),
      price,
      budgetUsd: args.number('budget', { min: 0 }),
    },
    assumed: thinks ? assumed.cot : assumed.standard,
    priceNote,
    samples: samplesOf(args),
  };
}

/** Nothing is sent, and nothing costs. */
const free = { price: null, priceNote: '' };

function httpProviderNamed(args: Args): HttpProvider {
  return entryNamed('provider', args.text('provider') ?? 'openai', httpProviders);
}

function settingsOf(args: Args, thinks: boolean): TeacherSettings {
  return {
    endpoint: args.text('endpoint') ?? httpProviderNamed(args).defaultEndpoint,
    model: args.required('model', 'Give --model NAME, a model of that provider.'),
    maxTokens: args.number('max-tokens', { min: 1, whole: true }) ?? (thinks ? maxTokens.long : maxTokens.short),
    maxTokensName: null,
    temperature: args.number('temperature', { min: 0 }),
    topP: args.number('top-p', { min: 0, max: 1 }),
    seed: args.number('seed', { whole: true }),
    structured: args.has('structured'),
    extra: extraOf(args.text('extra')),
  };
}

/** A question a sentence and sample: the first sample of each sentence in their order, then the second. */
export function questionsOf(asked: Asked, sentences: readonly Sentence[]): Question[] {
  const { labels, definitions } = asked;
  const { template, shownFor } = asked.prompt;
  const prompts = sentences.map((sentence) =>
    renderPrompt(template, { labels, definitions, examples: shownFor(sentence), sentence: sentence.text }),
  );
  return Array.from({ length: asked.samples }, (_, sample) =>
    sentences.map(({ id }, i) => ({ sentenceId: id, sample, prompt: prompts[i]! })),
  ).flat();
}

function samplesOf(args: Args): number {
  const samples = args.number('samples', { min: 1, max: 100, whole: true }) ?? 1;
  if (samples > 1 && args.number('temperature') === 0) {
    throw usageError('At temperature 0 every sample is the same.', 'Leave --temperature out, or give one above 0.');
  }
  return samples;
}

function limitsOf(args: Args): Limits {
  const seconds = args.number('timeout', { min: 1 });
  return {
    concurrency: args.number('concurrency', { min: 1, max: 100, whole: true }) ?? defaultLimits.concurrency,
    requestsPerMinute: args.number('requests-per-minute', { min: 0.1 }),
    timeoutMs: seconds === null ? defaultLimits.timeoutMs : seconds * 1000,
    attempts: defaultLimits.attempts,
  };
}

function priceFor(words: string | null, model: string): { price: Price | null; priceNote: string } {
  if (words === null) {
    const price = priceOf(model);
    const priceNote =
      price === null
        ? `the price of ${model} is not known: --price IN,OUT (USD for a million tokens) makes costs and budgets possible`
        : `price of ${model} as listed in ${priceTableDate}: $${String(price.inputUsd)} in, $${String(price.outputUsd)} out for a million tokens`;
    return { price, priceNote };
  }
  const [input, output, ...more] = words.split(',');
  if (input === undefined || output === undefined || more.length > 0) {
    throw usageError(
      `--price ${words} does not do.`,
      'Give two prices for a million tokens in USD, such as --price 0.15,0.6.',
    );
  }
  const price = { inputUsd: numberOf('price', input, { min: 0 }), outputUsd: numberOf('price', output, { min: 0 }) };
  return { price, priceNote: '' };
}

function extraOf(words: string | null): Readonly<Record<string, unknown>> {
  if (words === null) return {};
  const parsed = parseJson(words);
  if (parsed.ok && isRecord(parsed.value)) return parsed.value;
  throw usageError('--extra is no JSON object.', `Write it in quotes: --extra '{"reasoning_effort": "low"}'.`);
}

async function labelsOf(args: Args, local: LocalSource | null): Promise<Pick<Asked, 'labels' | 'definitions'>> {
  const path = args.text('definitions');
  const read = path === null ? null : v.safeParse(v.record(v.string(), v.string()), await readJson(path));
  if (read !== null && !read.success) {
    throw usageError(`${path ?? ''} holds no definitions.`, 'It must be JSON such as {"PER": "names of people"}.');
  }
  const definitions = read?.output ?? conllDefinitions;
  const named = args.list('labels', true);
  const own = local?.provider === 'simulated' ? labelsIn(local.gold) : Object.keys(definitions);
  return { definitions, labels: named.length > 0 ? named : own };
}
