import * as v from 'valibot';
import { AppError } from '../../core/errors.ts';
import type { PromptTemplate } from './template.ts';
import { templateOf } from './versions.ts';

const block = { on: v.boolean(), text: v.string() };
/** The words of a prompt, wherever they come in: from a file, from a store. */
export const blocksSchema = v.object({
  role: v.object(block),
  definitions: v.object(block),
  instructions: v.object(block),
  reasoning: v.object(block),
  examples: v.object({
    ...block,
    choice: v.picklist(['fixed', 'nearest']),
    count: v.pipe(v.number(), v.integer(), v.minValue(0)),
  }),
  output: v.object({ form: v.picklist(['json', 'lines']), text: v.string() }),
});
const promptSchema = v.object({
  name: v.pipe(v.string(), v.trim(), v.nonEmpty()),
  id: v.optional(v.string()),
  version: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
  blocks: blocksSchema,
});

/** A prompt as a JSON file, to be read again by `readPrompt`, on the page and on the command line. */
export function promptFile({ id, version, name, blocks }: PromptTemplate): string {
  return `${JSON.stringify({ name, id, version, blocks }, null, 2)}\n`;
}

const next =
  'A prompt is a JSON file with “name” and “blocks”: save one of your own from the Annotate place to see its form.';

/** The prompt that a parsed JSON file holds. Throws `file-unreadable` with the member that is missing or wrong. */
export function readPrompt(value: unknown, file: string): PromptTemplate {
  const read = v.safeParse(promptSchema, value);
  if (!read.success) {
    const [issue] = read.issues;
    const reason = `${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`;
    throw new AppError('file-unreadable', reason, { file, next, reason: `it is no prompt: ${reason}` });
  }
  const { id, name, version, blocks } = read.output;
  return templateOf({ id: id ?? name, version, name, blocks });
}
