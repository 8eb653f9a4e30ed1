import { join } from 'node:path';
import { AppError, type ErrorCode } from '../../core/errors.ts';
import type { RunData } from '../../engine/train/prepare.ts';
import { compareRuns, type ExperimentResult } from '../../run/experiment/compareRuns.ts';
import { factsOf, type DataFacts } from '../../run/experiment/facts.ts';
import { judgedScores, type FinishedRun } from '../../run/experiment/table.ts';
import { createTokenizer } from '../../tokenizer/tokenizer.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { deviceNamed, openNodeDevice } from '../device.ts';
import { formatNamed, labelledSentences } from '../files/dataFiles.ts';
import { writeWhole } from '../files/files.ts';
import { withLock } from '../files/lock.ts';
import { loadStart } from '../files/load.ts';
import { packageVersion, shippedCheckpoint } from '../files/package.ts';
import { writeReport } from '../report/writeReport.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { baselineOption, baselineOptionHelp } from '../training/baseline.ts';
import { configOptions } from '../training/configOptions.ts';
import { tellData, tellTwice } from '../training/data.ts';
import { runExperiment } from '../training/experiment.ts';
import { experimentOptions } from '../training/experimentOptions.ts';
import { readFacts, writeFacts } from '../training/factsFile.ts';
import { listenToInterrupt } from '../training/interrupt.ts';
import { writeManifest, type Manifest } from '../training/manifest.ts';
import { planText } from '../training/planText.ts';
import { timeLeft } from '../training/progressLine.ts';
import { resultsJson, resultText, scoresTable } from '../training/results.ts';
import { askedFor } from '../training/request.ts';
import { titleOf } from '../training/trainRun.ts';
import { usageError } from '../usage.ts';

export const train: Command = {
  name: 'train',
  summary: 'Trains on silver and gold sentences; several regimens or seeds make an experiment.',
  usage: '--gold F … [--silver F …] [--dev F …] [--test F …] [options]',
  about: [
    'Files are CoNLL columns or JSON lines, told by their content. Without dev nothing is selected: the last parameters are kept.',
    'With --out every run leaves a Hugging Face folder (model/), predictions.json and record.json, the experiment report.html with its tables and plots, and Ctrl-C a snapshot from which --resume goes on; dropped on the page, the folder brings its runs there. Without --out only scores are printed.',
    'A run that fails is tried once more; the others go on, and --resume tries it again.',
  ],
  positionals: [0, 0],
  options: [
    { name: 'gold', value: 'F', many: true, text: 'Files of sentences whose labels are to be trusted.' },
    { name: 'silver', value: 'F', many: true, text: 'Files of sentences labelled by a teacher.' },
    { name: 'dev', value: 'F', many: true, text: 'Files to score while training goes on.' },
    { name: 'test', value: 'F', many: true, text: 'Files to score at the end.' },
    { name: 'format', value: 'X', text: 'Format of all files: jsonl or conll.', fallback: 'told by content' },
    {
      name: 'teacher',
      value: 'F',
      many: true,
      text: 'Labels of the teacher for the test sentences, to tell its own F1; they are never trained on.',
      fallback: 'silver sentences that also have a reference',
    },
    ...experimentOptions,
    ...configOptions,
    {
      name: 'checkpoint',
      value: 'DIR',
      text: 'Folder of the BERT to begin with.',
      fallback: 'all-MiniLM-L6-v2, which comes with Vermeil',
    },
    { name: 'device', value: 'D', text: 'wasm, webgpu or cpu.', fallback: 'the faster one that passes its self-test' },
    {
      name: 'config',
      value: 'F',
      text: 'File with settings, as the app exports it; members may be missing. Options go before it.',
    },
    { name: 'out', value: 'DIR', text: 'Folder for models, records and snapshots.' },
    {
      name: 'parallel',
      value: 'N',
      text: 'Runs that train at the same time, a thread each; needs --out.',
      fallback: '1',
    },
    baselineOptionHelp,
    { name: 'resume', value: null, text: 'Go on with what --out holds; all else may be left out.' },
  ],
  examples: [
    'vermeil train --gold gold.conll --silver silver.jsonl --dev dev.conll --test test.conll --out runs',
    'vermeil train --gold gold.conll --silver silver.jsonl --test test.conll --regimen gold-only simple-mix --seed 0,1,2 --json',
    'vermeil train --gold gold.conll --silver silver.jsonl --test test.conll --preset paper-recipe --parallel 2 --out paper',
    'vermeil train --resume --out runs',
  ],
  run,
};

function run(args: Args, terminal: Terminal): Promise<ExitCode> {
  const out = args.text('out');
  return out === null ? trainInto(null, args, terminal) : withLock(out, () => trainInto(out, args, terminal));
}

async function trainInto(out: string | null, args: Args, terminal: Terminal): Promise<ExitCode> {
  const parallel = args.number('parallel', { min: 1, max: 64, whole: true }) ?? 1;
  if (parallel > 1 && out === null) {
    throw usageError('--parallel needs a folder in which the threads meet.', 'Add --out DIR.');
  }
  const { manifest, data, leftOut } = await askedFor(args, out, terminal);
  const baseline = baselineOption(args, manifest.configs);
  const interrupt = listenToInterrupt(() =>
    terminal.say(`\nStopping after this step${out === null ? '' : ', saving a snapshot'} … Ctrl-C again ends at once.`),
  );
  try {
    tellTwice(manifest.files, terminal);
    tellData(data, terminal);
    for (const { name, reason } of leftOut) terminal.say(`left out: ${name}, for ${reason}`);
    const facts = await factsFor(args, data, manifest, terminal);
    const layers = manifest.configs[0]?.layers ?? 0;
    const start = await loadStart(manifest.checkpoint, layers, terminal, interrupt.signal);
    const device = await openNodeDevice(deviceNamed(manifest.device), terminal);
    const experiment = {
      configs: manifest.configs,
      checkpoint: start.checkpoint,
      checkpointName: start.name,
      checkpointFolder: manifest.checkpoint ?? shippedCheckpoint,
      tokenizer: createTokenizer(start.checkpoint.tokenizerFiles),
      data,
      device,
      appVersion: packageVersion(),
      out,
      resume: args.has('resume'),
      parallel,
    };
    if (manifest.configs.length > 1 && !experiment.resume) terminal.say(await planText(experiment, interrupt.signal));
    const { runs, failures } = await runExperiment(experiment, {
      signal: interrupt.signal,
      async prepared() {
        if (out === null) return;
        await writeManifest(out, { ...manifest, device: device.name });
        await writeFacts(out, facts);
      },
      say: terminal.say,
      progress: (text, left) => terminal.progress(text + timeLeft(left)),
    });
    terminal.endProgress();
    const results = resultsJson(runs, failures);
    const result = compareRuns(runs, { facts, ...baseline });
    if (out !== null) {
      await writeWhole(join(out, 'summary.json'), `${JSON.stringify(results, null, 1)}\n`);
      await writeReport(out, result, runs, `${String(runs.length)} runs in ${out}`);
    }
    terminal.answer(answerText(runs, result, data, out), results);
    for (const { config, message } of failures) terminal.say(`failed: ${titleOf(config)}: ${message}`);
    return failures.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const next = nextAfter(error.code, out);
    if (next === null) throw error;
    terminal.endProgress();
    throw new AppError(error.code, error.message, { ...error.detail, next });
  } finally {
    interrupt.close();
  }
}

async function factsFor(args: Args, data: RunData, manifest: Manifest, terminal: Terminal): Promise<DataFacts> {
  const out = args.text('out');
  const known = out !== null && args.has('resume') && !args.has('teacher') ? await readFacts(out) : null;
  if (known !== null) return known;
  const format = formatNamed('format', manifest.format);
  return factsOf(data, await labelledSentences(args.list('teacher'), format, terminal));
}

function answerText(runs: readonly FinishedRun[], result: ExperimentResult, data: RunData, out: string | null): string {
  const lines = [resultText(result)];
  const single = runs.length === 1 && runs[0] !== undefined ? judgedScores(runs[0].record) : null;
  const scoredOn = data.test.length > 0 ? 'test' : data.dev.length > 0 ? 'dev' : null;
  if (single !== null) lines.push(`Scores on ${scoredOn ?? ''}:\n${scoresTable(single)}`);
  if (scoredOn === null) lines.push('Nothing was scored: neither --dev nor --test was given.');
  lines.push(selectionText(data.dev.length > 0, runs[0]?.record.config.keepBest ?? false));
  if (out !== null) lines.push(`Models, records and report.html are in ${out}.`);
  return lines.join('\n\n');
}

/** What to do after a failure that leaves something to go on from; null where the failure itself says it. */
function nextAfter(code: ErrorCode, out: string | null): string | null {
  const resume = `vermeil train --resume --out ${out ?? ''}`;
  if (code === 'storage-full' && out !== null) return `Free disk space, then go on with: ${resume}`;
  if (code !== 'stopped') return null;
  return out === null ? 'Without --out nothing was saved.' : `Go on with: ${resume}`;
}

function selectionText(hasDev: boolean, keepBest: boolean): string {
  if (!hasDev) return 'Without dev nothing was selected: the model has the last parameters.';
  return keepBest
    ? 'The model has the parameters with the best dev F1.'
    : 'The model has the last parameters; dev was only scored.';
}
