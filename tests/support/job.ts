import { nodeNetwork as commandLineNetwork } from '../../src/cli/annotate/network.ts';
import type { JobEnv } from '../../src/llm/job/run.ts';
import {
  defaultLimits,
  type AnswerRecord,
  type AnswerStore,
  type JobEvent,
  type JobSpec,
} from '../../src/llm/job/types.ts';
import type { NetworkFacts } from '../../src/llm/providers/diagnose.ts';
import { emptySettings, type Network } from '../../src/llm/providers/httpTeacher.ts';
import type { Question, Teacher, TeacherSettings } from '../../src/llm/providers/provider.ts';

/** A store in memory, and in what order it was written. */
export function memoryStore(records = new Map<string, AnswerRecord>()): AnswerStore & {
  readonly records: Map<string, AnswerRecord>;
  readonly writes: AnswerRecord[];
} {
  const writes: AnswerRecord[] = [];
  return {
    records,
    writes,
    load: (keys) =>
      Promise.resolve(new Map(keys.flatMap((key) => (records.has(key) ? [[key, records.get(key)!] as const] : [])))),
    save(record) {
      records.set(record.key, structuredClone(record));
      writes.push(record);
      return Promise.resolve();
    },
  };
}

/** Questions whose prompts are `sentence 0` … */
export function questions(count: number): Question[] {
  return Array.from({ length: count }, (_, i) => question(`sentence ${String(i)}`, String(i)));
}

export function question(user: string, sentenceId: string, sample = 0): Question {
  return { sentenceId, sample, prompt: { system: 'find names', user, hash: `hash of ${user}`, structured: null } };
}

export function settings(change: Partial<TeacherSettings> = {}): TeacherSettings {
  return { ...emptySettings, endpoint: 'http://127.0.0.1:1/v1', model: 'm', maxTokens: 100, ...change };
}

export function spec(change: Partial<JobSpec> = {}): JobSpec {
  return {
    id: 'job',
    name: 'a job',
    provider: 'openai',
    settings: settings(),
    limits: { ...defaultLimits, timeoutMs: 10_000, attempts: 3 },
    price: null,
    budgetUsd: null,
    ...change,
  };
}

/** The environment of a job in a test; `events` collects what it tells. */
export function jobEnv(
  teacher: Teacher,
  store: AnswerStore,
  change: Partial<JobEnv> = {},
): JobEnv & { readonly events: JobEvent[] } {
  const events: JobEvent[] = [];
  return {
    teacher,
    store,
    today: () => 1_700_000_000_000,
    now: () => performance.now(),
    random: () => 0.5,
    firstWaitMs: 5,
    pass: () => Promise.resolve(),
    stop: new AbortController().signal,
    abort: new AbortController().signal,
    events,
    onEvent: (event) => events.push(event),
    ...change,
  };
}

/** The network of the command line, with other facts about a request that failed. */
export function nodeNetwork(facts: Partial<NetworkFacts> = {}): Network {
  return {
    ...commandLineNetwork,
    observe: async (url, systemCode) => ({ ...(await commandLineNetwork.observe(url, systemCode)), ...facts }),
  };
}
