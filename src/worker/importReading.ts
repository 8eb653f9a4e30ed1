import { AppError, messageOf } from '../core/errors.ts';
import { readStream } from '../data/formats/readStream.ts';
import { filesOfZip } from '../data/formats/zip.ts';
import type { Finding, Sentence } from '../data/types.ts';
import type { Database } from '../storage/database.ts';
import { countsOf, countsTogether } from '../storage/datasets.ts';
import { discardStaged, stagingWriter } from '../storage/staging.ts';
import type { Reading, ReadRequest, Staged, Unzipped } from './importProtocol.ts';

/** Bytes that are taken from a file at once. */
const partBytes = 1 << 20;
/** Findings of one file that are listed; the others are counted, so that a file of the wrong kind fills no memory. */
const mostFindings = 20_000;
const shownSentences = 5;

/**
 * Reads a file by parts and stores its sentences as they come. Whatever ends it early (a stop, a full disk, a file that
 * cannot be read) drops what was stored of it. Throws as `readStream` does, `file-unreadable`, and what storage throws.
 */
export async function readIntoStaging(
  database: Database,
  { id, file, fileName, format, options }: ReadRequest,
  signal: AbortSignal,
  onReading: (reading: Reading) => void,
): Promise<Staged> {
  const writer = stagingWriter(database, id);
  const findings: Finding[] = [];
  const first: Sentence[] = [];
  let counts = countsOf([]);
  let [notListed, bytes] = [0, 0];
  const onProgress = (read: number) => {
    bytes = read;
    onReading({ bytes, sentences: counts.sentences });
  };
  const chosen = format === null ? {} : { format };
  try {
    const stream = readStream(partsOf(file, fileName), fileName, { ...options, ...chosen, signal, onProgress });
    for (;;) {
      const next = await stream.next();
      if (next.done === true) {
        await writer.end();
        const { about, ...read } = next.value;
        return { ...read, id, counts, findings: findings.map(about), notListed, first };
      }
      const batch = next.value;
      counts = countsTogether(counts, countsOf(batch.sentences));
      for (const finding of batch.findings)
        if (findings.length < mostFindings) findings.push(finding);
        else notListed++;
      first.push(...batch.sentences.slice(0, shownSentences - first.length));
      await writer.add(batch.sentences);
      onReading({ bytes, sentences: counts.sentences });
    }
  } catch (error) {
    await discardStaged(database, [id]).catch(() => undefined); // the first failure is told; the next start sweeps
    throw error;
  }
}

/** Parts of a file in their order; each is a slice of its own, so that no browser needs the whole file in memory. */
async function* partsOf(file: Blob, fileName: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += partBytes) yield await bytesOf(file.slice(at, at + partBytes), fileName);
}

/** A folder, a file that was moved since, or one that may not be read: browsers say it in their own words. */
async function bytesOf(file: Blob, fileName: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new AppError('file-unreadable', messageOf(error), { file: fileName, reason: 'it may be a folder' });
  }
}

/** The files of a zip, and why others were left there; see `filesOfZip` for its limits. */
export async function unzip(name: string, file: Blob): Promise<Unzipped> {
  const entries = filesOfZip(name, await bytesOf(file, name));
  return {
    files: entries.flatMap((entry) =>
      'bytes' in entry ? [{ name: entry.name, file: new Blob([entry.bytes as Uint8Array<ArrayBuffer>]) }] : [],
    ),
    leftOut: entries.flatMap((entry) => ('leftOut' in entry ? [{ name: entry.name, reason: entry.leftOut }] : [])),
  };
}
