import * as v from 'valibot';
import { parseJson } from '../core/decode.ts';
import type { StoredAnswer } from './answers.ts';

const text = v.string();
const amount = v.nullable(v.number());
const answer = v.looseObject({
  key: v.pipe(text, v.minLength(1)),
  jobId: text,
  sentenceId: text,
  sample: v.number(),
  promptHash: text,
  provider: text,
  settings: v.looseObject({}),
  status: v.literal('answered'),
  attempts: v.number(),
  text,
  finish: text,
  model: text,
  ms: v.number(),
  costUsd: amount,
  uncertainUsd: amount,
  failure: v.null(),
  sentMs: v.number(),
  endedMs: v.number(),
});

/** Answers of teachers out of a bundle, one a line; null where a line is none. */
export function decodeAnswers(lines: string): readonly StoredAnswer[] | null {
  const records = lines.split('\n').flatMap((line) => (line === '' ? [] : [decoded(line)]));
  return records.every((record) => record !== null) ? records : null;
}

function decoded(line: string): StoredAnswer | null {
  const json = parseJson(line);
  const found = json.ok ? v.safeParse(answer, json.value) : null;
  // Provider, settings and finish are only shown; a request is told again by its key, which names all of them.
  return found?.success === true ? (found.output as unknown as StoredAnswer) : null;
}
