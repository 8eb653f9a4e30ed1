import * as v from 'valibot';
import { hasSecret } from '../llm/providers/endpoint.ts';
import { holdsKey, redactKeyLike } from '../llm/providers/redact.ts';

export type TeacherKind = 'recorded' | 'simulated' | 'endpoint' | 'files';

const text = (otherwise: string) => v.fallback(v.string(), otherwise);
const form = v.object({
  /** '' = the first dataset that fits the teacher. */
  datasetId: text(''),
  /** A number of sentences; '' = all. */
  count: text('50'),
  way: v.fallback(v.picklist(['random', 'stratified', 'uncertain']), 'random'),
  seed: text('0'),
  /** The run whose model predicts for the choice; '' = the newest. */
  runId: text(''),
  /** '' = not chosen yet: what can be tried without a key. */
  teacher: v.fallback(v.picklist(['', 'recorded', 'simulated', 'endpoint', 'files']), ''),
  /** A `ServerId`. */
  server: text('openai'),
  endpoint: text('https://api.openai.com/v1'),
  model: text(''),
  /** Of the simulated teacher. */
  preset: text('sample-standard'),
  simulatedSeed: text('0'),
  promptId: text('standard'),
  /** Names between commas; '' = the project's own. */
  labels: text(''),
  definitions: v.fallback(v.record(v.string(), v.string()), {}),
  /** Draws the fixed examples. */
  exampleSeed: text('0'),
  samples: text('1'),
  /** Numbers as typed; '' = not set. */
  maxTokens: text(''),
  maxTokensName: v.fallback(v.picklist(['', 'max_tokens', 'max_completion_tokens']), ''),
  temperature: text(''),
  topP: text(''),
  modelSeed: text(''),
  structured: v.fallback(v.boolean(), false),
  /** A JSON object; '' = none. */
  extra: text(''),
  concurrency: text('4'),
  perMinute: text(''),
  timeoutSeconds: text('120'),
  /** USD; '' = none. */
  budget: text(''),
  /** Gold that judges the teacher: '' = the first gold dataset, and how many sentences of it. */
  probeId: text(''),
  probeCount: text('50'),
});

/** What a person has set for the next job, as typed. Holds no key. */
export type AnnotateForm = Readonly<v.InferOutput<typeof form>>;

/** A form as it was stored; what cannot be read becomes what it is at first. */
export function decodeForm(value: unknown): AnnotateForm {
  const read = v.safeParse(form, typeof value === 'object' && value !== null ? value : {});
  return read.success ? read.output : v.parse(form, {});
}

export const emptyForm: AnnotateForm = decodeForm({});

/** A form as it may be stored: a text in which a key was typed by mistake is left out. */
export function withoutKeys(form: AnnotateForm, keys: readonly string[]): AnnotateForm {
  const isSecret = (value: unknown) =>
    typeof value === 'string' && (redactKeyLike(value) !== value || hasSecret(value) || holdsKey(value, keys));
  // The server is picked from a list, and its name is what many type where it wants no key.
  const stays = ([name, value]: [string, unknown]) => name === 'server' || !isSecret(value);
  return decodeForm(Object.fromEntries(Object.entries(form).filter(stays)));
}
