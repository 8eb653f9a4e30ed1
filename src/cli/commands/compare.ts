import { AppError } from '../../core/errors.ts';
import { compareRuns } from '../../run/experiment/compareRuns.ts';
import type { DataFacts } from '../../run/experiment/facts.ts';
import type { FinishedRun } from '../../run/experiment/table.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { writeReport } from '../report/writeReport.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { baselineOption, baselineOptionHelp } from '../training/baseline.ts';
import { findRuns } from '../training/findRuns.ts';
import { resultText } from '../training/results.ts';

export const compare: Command = {
  name: 'compare',
  summary: 'Holds finished runs against each other: over seeds, and over the test data.',
  usage: 'DIR … [options]',
  about: [
    'DIR is a folder that vermeil train --out wrote, that of a single run in it, or a bundle of the app, packed or unpacked; a zip of any of these does too. Runs that differ in nothing but the seed make one row. “Better” is said only where the paired t test over seeds and the randomisation test over the test data both hold after Holm’s correction; with fewer than 3 seeds there is no verdict.',
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
    const found = await findRuns(folder, terminal.say);
    if (found.runs.length === 0) throw new AppError('data-empty', `${folder} holds no finished run`, { file: folder });
    runs.push(...found.runs);
    facts ??= found.facts;
  }
  const configs = runs.map(({ record }) => record.config);
  const result = compareRuns(runs, { facts, ...baselineOption(args, configs) });
  const out = args.text('out');
  if (out !== null)
    await writeReport(out, result, runs, `${String(runs.length)} runs of ${args.positionals.join(', ')}`);
  terminal.answer(resultText(result), result);
  return 0;
}
