import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { createTokenizer } from '../../tokenizer/tokenizer.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { deviceNamed, openNodeDevice } from '../device.ts';
import { formatNamed } from '../files/dataFiles.ts';
import { writeWhole } from '../files/files.ts';
import { loadStart } from '../files/load.ts';
import { packageVersion } from '../files/package.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { configOptions } from '../training/configOptions.ts';
import { readRunData, tellData } from '../training/data.ts';
import { runExperiment } from '../training/experiment.ts';
import { listenToInterrupt } from '../training/interrupt.ts';
import { writeManifest } from '../training/manifest.ts';
import { timeLeft } from '../training/progressLine.ts';
import { mainScores, resultsJson, resultsTable, scoresTable } from '../training/results.ts';
import { askedFor } from '../training/request.ts';

export const train: Command = {
  name: 'train',
  summary: 'Trains on silver and gold sentences; several regimens or seeds make an experiment.',
  usage: '--gold F … [--silver F …] [--dev F …] [--test F …] [options]',
  about: [
    'Files are CoNLL columns or JSON lines, told by their content. Without dev nothing is selected: the last parameters are kept.',
    'With --out every run leaves a Hugging Face folder (model/) and record.json, and Ctrl-C leaves a snapshot from which --resume goes on. Without --out only scores are printed.',
  ],
  positionals: [0, 0],
  options: [
    { name: 'gold', value: 'F', many: true, text: 'Files of sentences whose labels are to be trusted.' },
    { name: 'silver', value: 'F', many: true, text: 'Files of sentences labelled by a teacher.' },
    { name: 'dev', value: 'F', many: true, text: 'Files to score while training goes on.' },
    { name: 'test', value: 'F', many: true, text: 'Files to score at the end.' },
    { name: 'format', value: 'X', text: 'Format of all files: jsonl or conll.', fallback: 'told by content' },
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
    { name: 'resume', value: null, text: 'Go on with what --out holds; all else may be left out.' },
  ],
  examples: [
    'vermeil train --gold gold.conll --silver silver.jsonl --dev dev.conll --test test.conll --out runs',
    'vermeil train --gold gold.conll --silver silver.jsonl --test test.conll --regimen gold-only simple-mix --seed 0,1,2 --json',
    'vermeil train --resume --out runs',
  ],
  run,
};

async function run(args: Args, terminal: Terminal): Promise<ExitCode> {
  const out = args.text('out');
  const manifest = await askedFor(args, out);
  const format = formatNamed('format', manifest.format);
  const interrupt = listenToInterrupt(() =>
    terminal.say(`\nStopping after this step${out === null ? '' : ', saving a snapshot'} … Ctrl-C again ends at once.`),
  );
  try {
    const data = await readRunData(manifest.files, format, terminal);
    tellData(data, terminal);
    const layers = manifest.configs[0]?.layers ?? 0;
    const { checkpoint, name: checkpointName } = await loadStart(
      manifest.checkpoint,
      layers,
      terminal,
      interrupt.signal,
    );
    const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
    const device = await openNodeDevice(deviceNamed(manifest.device), terminal);
    if (out !== null) await writeManifest(out, { ...manifest, device: device.name });
    const experiment = {
      configs: manifest.configs,
      checkpoint,
      checkpointName,
      tokenizer,
      data,
      device,
      appVersion: packageVersion(),
      out,
      resume: args.has('resume'),
    };
    const records = await runExperiment(experiment, {
      signal: interrupt.signal,
      say: terminal.say,
      progress: (text, left) => terminal.progress(text + timeLeft(left)),
    });
    terminal.endProgress();
    const results = resultsJson(records);
    if (out !== null) await writeWhole(join(out, 'summary.json'), `${JSON.stringify(results, null, 1)}\n`);
    const single = records.length === 1 && records[0] !== undefined ? mainScores(records[0]) : null;
    const scoredOn = data.test.length > 0 ? 'test' : data.dev.length > 0 ? 'dev' : null;
    const lines = [resultsTable(records)];
    if (single !== null) lines.push(`Scores on ${scoredOn ?? ''}:\n${scoresTable(single)}`);
    if (scoredOn === null) lines.push('Nothing was scored: neither --dev nor --test was given.');
    lines.push(selectionText(data.dev.length > 0, manifest.configs[0]?.keepBest ?? false));
    if (out !== null) lines.push(`Models and records are in ${out}.`);
    terminal.answer(lines.join('\n\n'), results);
    return 0;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'stopped') throw error;
    terminal.endProgress();
    throw new AppError('stopped', error.message, { ...error.detail, next: goOn(out) });
  } finally {
    interrupt.close();
  }
}

function goOn(out: string | null): string {
  return out === null ? 'Without --out nothing was saved.' : `Go on with: vermeil train --resume --out ${out}`;
}

function selectionText(hasDev: boolean, keepBest: boolean): string {
  if (!hasDev) return 'Without dev nothing was selected: the model has the last parameters.';
  return keepBest
    ? 'The model has the parameters with the best dev F1.'
    : 'The model has the last parameters; dev was only scored.';
}
