import { AppError } from '../../core/errors.ts';
import type { Finding, Imported, Sentence } from '../types.ts';
import { createDecoder, type Encoding } from './bytes.ts';
import type { FileFacts, FormatId, ReadOptions } from './format.ts';
import { sampleLength, sampleOf } from './sample.ts';
import { openSession, type Session } from './session.ts';

export interface StreamOptions extends ReadOptions {
  readonly format?: FormatId;
  /** Called after each part with the bytes read so far. */
  readonly onProgress?: (bytesRead: number) => void;
  readonly signal?: AbortSignal;
}

/** What a part of a file held. */
export interface ImportBatch {
  readonly sentences: readonly Sentence[];
  readonly findings: readonly Finding[];
}

/** What is known of a file once all of it was read. */
export interface FileRead extends Pick<Imported, 'records'> {
  readonly format: FormatId;
  readonly facts: FileFacts;
  readonly encoding: Encoding;
}

/** The end of a stream. */
export interface StreamEnd extends FileRead {
  /** A finding with the sentence that it is about; batches may give it before they know. */
  about(finding: Finding): Finding;
}

/**
 * Reads a data file as it comes, a batch of about a million bytes at a time, and returns what is known of it. All
 * batches together hold what `readData` gives, though findings about the whole file come with the last. Throws as
 * `readData` does, and `stopped` once `signal` says so.
 */
export async function* readStream(
  chunks: AsyncIterable<Uint8Array>,
  fileName: string,
  { format, onProgress, signal, ...options }: StreamOptions = {},
): AsyncGenerator<ImportBatch, StreamEnd> {
  const decoder = createDecoder();
  let session: Session | null = null;
  /** Text from before the format was told. */
  let head = '';
  let [bytesRead, told] = [0, 0];

  function take(text: string, last: boolean): Session | null {
    if (session !== null) {
      session.push(text);
      return session;
    }
    head += text;
    if (!last && head.length < sampleLength) return null;
    session = openSession(fileName, sampleOf(head, last), format, options);
    session.push(head);
    head = '';
    return session;
  }

  function batch(open: Session): ImportBatch {
    const { sentences, findings } = open.take();
    const decoding = decoder.findings.slice(told);
    told = decoder.findings.length;
    return { sentences, findings: [...decoding, ...findings].sort((a, b) => a.line - b.line) };
  }

  const checkStopped = () => {
    if (signal?.aborted === true) throw new AppError('stopped', `reading ${fileName} was stopped`, { file: fileName });
  };
  for await (const chunk of chunks) {
    checkStopped();
    bytesRead += chunk.length;
    const text = decoder.push(chunk);
    onProgress?.(bytesRead);
    const open = text === '' ? null : take(text, false);
    if (open !== null) yield batch(open);
  }
  checkStopped();
  const open = take(decoder.end(), true)!;
  open.end();
  yield batch(open);
  const read = { format: open.format, records: open.records(), facts: open.facts(), encoding: decoder.encoding() };
  return { ...read, about: (finding) => open.about(finding) };
}
