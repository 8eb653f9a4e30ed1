import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { compareRuns } from '../../run/experiment/compareRuns.ts';
import type { DataFacts } from '../../run/experiment/facts.ts';
import type { FinishedRun } from '../../run/experiment/table.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { exists } from '../files/files.ts';
import { writeReport } from '../report/writeReport.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { baselineOption, baselineOptionHelp } from '../training/baseline.ts';
import { readFacts } from '../training/factsFile.ts';
import { resultText } from '../training/results.ts';
import { readFinishedRun } from '../training/runFolder.ts';

export const compare: Command = {
  name: 'compare',
  summary: 'Holds finished runs against each other: over seeds, and over the test data.',
  usage: 'DIR … [options]',
  about: [
    'A folder is one that vermeil train --out wrote, or that of a single run in it. Runs that differ in nothing but the seed make one row. “Better” is said only where the paired t test over seeds and the randomisation test over the test data both hold after Holm’s correction; with fewer than 3 seeds there is no verdict.',
  ],
  positionals: [1, 1000],
  options: [
    baselineOptionHelp,
    { name: 'out', value: 'DIR', text: 'Folder for report.html, its pictures and its tables.' },
  ],
  examples: ['vermeil compare runs', 'vermeil compare runs more-seeds --baseline simple-mix --out report'],
  run,
};

async function run(args: Args, terminal: Terminal): Promise<ExitCode> {
  const runs: FinishedRun[] = [];
  let facts: DataFacts | null = null;
  for (const folder of args.positionals) {
    const found = await runsIn(folder);
    if (found.length === 0) throw new AppError('data-empty', `${folder} holds no finished run`, { file: folder });
    runs.push(...found);
    facts ??= await readFacts(folder);
  }
  const configs = runs.map(({ record }) => record.config);
  const result = compareRuns(runs, { facts, ...baselineOption(args, configs) });
  const out = args.text('out');
  if (out !== null)
    await writeReport(out, result, runs, `${String(runs.length)} runs of ${args.positionals.join(', ')}`);
  terminal.answer(resultText(result), result);
  return 0;
}

/** The run of a folder, or those of the folders in it, by name. Throws `file-missing`. */
async function runsIn(folder: string): Promise<FinishedRun[]> {
  if (!(await exists(folder))) throw new AppError('file-missing', `${folder} is not there`, { file: folder });
  const own = await readFinishedRun({ name: folder, path: folder });
  if (own !== null) return [own];
  const runs: FinishedRun[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) => a.name.localeCompare(b.name))) {
    const inside = entry.isDirectory()
      ? await readFinishedRun({ name: entry.name, path: join(folder, entry.name) })
      : null;
    if (inside !== null) runs.push(inside);
  }
  return runs;
}
