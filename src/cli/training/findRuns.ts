import { basename } from 'node:path';
import { AppError, messageOf } from '../../core/errors.ts';
import { filesInZip } from '../../data/bundle/files.ts';
import type { DataFacts } from '../../run/experiment/facts.ts';
import type { FinishedRun } from '../../run/experiment/table.ts';
import { openRuns, runParts } from '../../run/runsFolder.ts';
import { digest } from '../files/bundles.ts';
import { exists, readBytes } from '../files/files.ts';
import { filesInFolder } from '../files/folder.ts';

/** What a comparison begins with. */
export interface FoundRuns {
  readonly runs: readonly FinishedRun[];
  /** Of the first run whose data are known. */
  readonly facts: DataFacts | null;
}

/**
 * The finished runs of a place, by name: the folder of a run, a folder of such folders, a bundle of the app, packed or not, or
 * a zip of any of these. Damaged runs are told and passed over. Throws `file-missing` or `file-unreadable`.
 */
export async function findRuns(path: string, say: (line: string) => void): Promise<FoundRuns> {
  if (!(await exists(path))) throw new AppError('file-missing', `${path} is not there`, { file: path });
  const isZip = path.toLowerCase().endsWith('.zip');
  const files = isZip ? await filesInZip(new Blob([await readBytes(path)])) : await filesInFolder(path);
  const bundle = files === null ? null : await openRuns(files, { digest, name: basename(path), createdMs: 0 });
  if (bundle === null) {
    if (!isZip) return { runs: [], facts: null };
    const reason = 'it is no bundle of Vermeil and holds no runs, or it is not whole';
    throw new AppError('file-unreadable', reason, { file: path, reason });
  }
  for (const problem of bundle.problems) say(`${path}: ${problem}`);
  const runs: FinishedRun[] = [];
  let facts: DataFacts | null = null;
  for (const part of bundle.manifest.parts.filter(({ kind }) => kind === 'run')) {
    try {
      const { record, predictions, notice, facts: known } = runParts(part, await bundle.read(part));
      if (record === null) continue; // it had not finished
      runs.push({ record, predictions, ...(notice !== '' && { notice }) });
      facts ??= known;
    } catch (error) {
      say(`${path}: ${messageOf(error)}`);
    }
  }
  return { runs, facts };
}
