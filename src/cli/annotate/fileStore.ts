import { open, type FileHandle } from 'node:fs/promises';
import * as v from 'valibot';
import { parseJson } from '../../core/decode.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import type { AnswerRecord, AnswerStore } from '../../llm/job/types.ts';
import { exists, readText } from '../files/files.ts';

/** A store in a file of JSON lines, one a change of a record: the last line of a key counts. */
export interface FileStore extends AnswerStore {
  /** Records that were there when it was opened, and lines that were none. */
  readonly before: number;
  readonly damagedLines: readonly number[];
  close(): Promise<void>;
}

const count = v.nullable(v.number());
const recordSchema = v.object({
  key: v.string(),
  jobId: v.string(),
  sentenceId: v.string(),
  sample: v.number(),
  promptHash: v.string(),
  provider: v.picklist(['openai', 'anthropic', 'gemini', 'recorded', 'simulated']),
  settings: v.object({
    endpoint: v.string(),
    model: v.string(),
    maxTokens: count,
    maxTokensName: v.nullable(v.picklist(['max_tokens', 'max_completion_tokens'])),
    temperature: count,
    topP: count,
    seed: count,
    structured: v.boolean(),
    extra: v.record(v.string(), v.unknown()),
  }),
  status: v.picklist(['sent', 'answered', 'failed', 'open']),
  attempts: v.number(),
  text: v.string(),
  finish: v.nullable(v.picklist(['complete', 'cut-off', 'refused', 'empty'])),
  model: v.string(),
  inputTokens: count,
  outputTokens: count,
  ms: v.number(),
  costUsd: count,
  uncertainUsd: count,
  // The code is read as it was written: one that is no longer known is only shown.
  failure: v.nullable(
    v.object({
      code: v.custom<NonNullable<AnswerRecord['failure']>['code']>((code) => typeof code === 'string'),
      message: v.string(),
      detail: v.record(v.string(), v.union([v.string(), v.number()])),
    }),
  ),
  sentMs: v.number(),
  endedMs: v.number(),
});

/** Opens the store at `path`, which is made where it is not there. A line that was cut off by a crash is passed over. */
export async function openFileStore(path: string): Promise<FileStore> {
  const text = (await exists(path)) ? await readText(path) : '';
  const { records, damagedLines } = readRecords(text);
  const file = await openToAppend(path);
  let last: Promise<void> = text === '' || text.endsWith('\n') ? Promise.resolve() : append(file, path, '\n');
  return {
    before: records.size,
    damagedLines,
    load: (keys) =>
      Promise.resolve(
        new Map(
          keys.flatMap((key) => {
            const found = records.get(key);
            return found === undefined ? [] : [[key, found] as const];
          }),
        ),
      ),
    save(record) {
      records.set(record.key, record);
      const saved = last.then(() => append(file, path, `${JSON.stringify(record)}\n`));
      last = saved.catch(() => undefined); // told to whoever saved
      return saved;
    },
    async close() {
      await last;
      await file.close();
    },
  };
}

function readRecords(text: string): { records: Map<string, AnswerRecord>; damagedLines: number[] } {
  const records = new Map<string, AnswerRecord>();
  const damagedLines: number[] = [];
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '') return;
    const parsed = parseJson(line);
    const read = parsed.ok ? v.safeParse(recordSchema, parsed.value) : null;
    if (read?.success === true) records.set(read.output.key, read.output);
    else damagedLines.push(i + 1);
  });
  return { records, damagedLines };
}

async function openToAppend(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a');
  } catch (error) {
    throw failure(error, path);
  }
}

/** Returns once the disk has it. */
async function append(file: FileHandle, path: string, text: string): Promise<void> {
  try {
    await file.appendFile(text);
    await file.datasync();
  } catch (error) {
    throw failure(error, path);
  }
}

function failure(error: unknown, path: string): AppError {
  const full = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  const reason = messageOf(error);
  return new AppError(full ? 'storage-full' : 'file-unreadable', reason, { file: path, reason });
}
