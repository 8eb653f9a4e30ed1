import * as v from 'valibot';
import { preview } from '../../core/decode.ts';
import { anthropic } from '../providers/anthropic.ts';
import { openai } from '../providers/openai.ts';
import type { Finish, TeacherAnswer } from '../providers/provider.ts';
import { readCustomId } from './customId.ts';

/** A line of a file of answers: an answer, or a request that failed, with whose it is. */
export type AnswerLine =
  | {
      readonly kind: 'answer';
      readonly id: string;
      readonly sample: number;
      readonly response: string;
      readonly finish?: Finish | undefined;
      /** What the provider told of the model and the tokens; absent where the line has it not. */
      readonly teacher?: TeacherAnswer;
    }
  | { readonly kind: 'failed'; readonly id: string; readonly reason: string };

const idSchema = v.union([v.string(), v.number()]);
const plainSchema = v.object({
  id: idSchema,
  sample: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(99))),
  response: v.string(),
  finish: v.optional(v.picklist(['complete', 'cut-off', 'refused', 'empty'])),
});
/** Output and error lines of OpenAI's Batch API. */
const openaiSchema = v.object({
  custom_id: v.string(),
  response: v.nullable(v.object({ status_code: v.number(), body: v.unknown() })),
  error: v.optional(v.unknown()),
});
/** Result lines of Anthropic's Message Batches. */
const anthropicSchema = v.object({
  custom_id: v.string(),
  result: v.object({ type: v.string(), message: v.optional(v.unknown()), error: v.optional(v.unknown()) }),
});

/** Reads one decoded line of any form; null where it is none. */
export function readAnswerLine(value: unknown): AnswerLine | null {
  if (v.is(plainSchema, value)) {
    const { id, sample, response, finish } = v.parse(plainSchema, value);
    return { kind: 'answer', id: String(id), sample: sample ?? 0, response, finish };
  }
  if (v.is(anthropicSchema, value)) {
    const { type, message, error } = value.result;
    if (type !== 'succeeded') return failed(value.custom_id, type === 'errored' ? anthropicReason(error) : type);
    return answered(value.custom_id, anthropic.readAnswer(message));
  }
  if (v.is(openaiSchema, value)) {
    const { custom_id: id, response, error } = value;
    if (response === null) return failed(id, openai.readError({ error }).message || preview(error));
    if (response.status_code === 200) return answered(id, openai.readAnswer(response.body));
    return failed(id, openai.readError(response.body).message || `status ${String(response.status_code)}`);
  }
  return null;
}

function answered(customId: string, teacher: TeacherAnswer | null): AnswerLine {
  if (teacher === null) return failed(customId, 'the answer has not the documented form');
  const { text: response, finish } = teacher;
  return { kind: 'answer', ...readCustomId(customId), response, finish, teacher };
}

/** The error of a result wraps the usual body: `{"type": "error", "error": {"type", "message"}}`. */
function anthropicReason(error: unknown): string {
  return anthropic.readError(error).message || anthropic.readError({ error }).message || preview(error);
}

function failed(customId: string, reason: string): AnswerLine {
  return { kind: 'failed', id: readCustomId(customId).id, reason };
}
