import { setImmediate } from 'node:timers/promises';
import { formats } from '../../data/formats/formats.ts';
import { writeData } from '../../data/formats/write.ts';
import type { Span } from '../../data/types.ts';
import { foldRuns, type FoldInput } from '../../engine/train/foldRuns.ts';
import { defaultConfig, type RunConfig } from '../../run/config.ts';
import { decodeConfig } from '../../run/fields.ts';
import { disputesOf, unseenF1 } from '../../run/folds.ts';
import { createTokenizer } from '../../tokenizer/tokenizer.ts';
import { numberOf, type Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { deviceNamed, openNodeDevice } from '../device.ts';
import { formatNamed, labelledSentences } from '../files/dataFiles.ts';
import { readJson, writeWhole } from '../files/files.ts';
import { loadStart } from '../files/load.ts';
import { packageVersion } from '../files/package.ts';
import { disputeJson, disputeText, forReview } from '../folds/disputeText.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { counted } from '../terminal/text.ts';
import { checked, optionOf } from '../training/configOptions.ts';
import { listenToInterrupt, type Interrupt } from '../training/interrupt.ts';
import { RunProgress, timeLeft } from '../training/progressLine.ts';
import { usageError } from '../usage.ts';

/** The settings that have an option of their own; the rest come with --config. */
const settings = [
  ['epochs-gold', 'epochsGold'],
  ['layers', 'layers'],
  ['lr', 'learningRate'],
  ['batch', 'batchSize'],
  ['max-pieces', 'maxPieces'],
] as const satisfies readonly (readonly [string, keyof RunConfig])[];

export const folds: Command = {
  name: 'folds',
  summary: 'Tells which labels are disputed by models that were trained on the other sentences, for review.',
  usage: 'F … [--folds K] [--seed N …] [--out F] [options]',
  about: [
    'The sentences are dealt into K folds; for each, a model is trained on the others and labels it. An entity is disputed where more than half of the models (one a seed) hold against the label. Nothing is deleted or changed: a model may be wrong, and rare labels are disputed most.',
  ],
  positionals: [1, Infinity],
  options: [
    { name: 'folds', value: 'K', text: 'Folds, and models a seed.', fallback: '5' },
    { name: 'seed', value: 'N', many: true, text: 'Seeds; each has folds and models of its own.', fallback: '0' },
    { name: 'out', value: 'F', text: 'File for the disputed sentences, the most disputed first, as JSON lines.' },
    {
      name: 'format',
      value: 'X',
      text: `Format of the files: ${Object.keys(formats).join(', ')}.`,
      fallback: 'told by content',
    },
    ...settings.map(([name, member]) => optionOf(name, member)),
    {
      name: 'config',
      value: 'F',
      text: 'File with settings, as the app exports it; members may be missing. Options go before it.',
    },
    {
      name: 'checkpoint',
      value: 'DIR',
      text: 'Folder of the BERT to begin with.',
      fallback: 'all-MiniLM-L6-v2, which comes with Vermeil',
    },
    { name: 'device', value: 'D', text: 'wasm, webgpu or cpu.', fallback: 'the faster one that passes its self-test' },
  ],
  examples: ['vermeil folds silver.jsonl --epochs-gold 2 --out review.jsonl', 'vermeil folds gold.conll --seed 0,1,2'],
  run,
};

async function run(args: Args, terminal: Terminal): Promise<ExitCode> {
  const k = args.number('folds', { min: 2, max: 100, whole: true }) ?? 5;
  const given = args.list('seed', true).map((text) => numberOf('seed', text, { min: 0, max: 0xffffffff, whole: true }));
  const seeds = given.length === 0 ? [0] : [...new Set(given)];
  const config = await configOf(args);
  const format = formatNamed('format', args.text('format'));
  const sentences = await labelledSentences(args.positionals, format, terminal);
  const different = new Set(sentences.map(({ text }) => text)).size;
  if (different < k) {
    throw usageError(
      `--folds ${String(k)} does not do.`,
      `There are only ${counted(different, 'different sentence')}.`,
    );
  }
  const interrupt = listenToInterrupt(() => terminal.say('\nStopping after this step …'));
  try {
    const start = await loadStart(args.text('checkpoint'), config.layers, terminal, interrupt.signal);
    const device = await openNodeDevice(deviceNamed(args.text('device')), terminal);
    const tokenizer = createTokenizer(start.checkpoint.tokenizerFiles);
    const common = { config, checkpoint: start.checkpoint, tokenizer, device, appVersion: packageVersion() };
    const found = await foundBy({ ...common, sentences, folds: k, seeds }, interrupt, terminal);
    const disputes = disputesOf(sentences, found);
    const f1 = unseenF1(sentences, found);
    const out = args.text('out');
    if (out !== null) await writeWhole(out, writeData('jsonl', forReview(sentences, disputes, seeds.length)));
    terminal.answer(disputeText(sentences, disputes, seeds.length, f1, out), {
      ...{ sentences: sentences.length, folds: k, seeds, f1 },
      disputed: disputes.map((dispute) => disputeJson(sentences, dispute)),
    });
    return 0;
  } finally {
    interrupt.close();
  }
}

async function configOf(args: Args): Promise<RunConfig> {
  const file = args.text('config');
  const base = file === null ? defaultConfig : decodeConfig(await readJson(file));
  const changes = settings.flatMap(([name, member]) => {
    const value = args.number(name);
    return value === null ? [] : [[member, value] as const];
  });
  return checked({ ...base, ...Object.fromEntries(changes) });
}

/** Trains all models, telling how far they are; returns what each seed's models found in each sentence. */
async function foundBy(input: FoldInput, interrupt: Interrupt, terminal: Terminal): Promise<Span[][][]> {
  const events = foldRuns(input, {
    signal: interrupt.signal,
    now: () => performance.now(),
    // The wasm device computes without a pause: Ctrl-C is only heard between steps.
    beforeStep: () => setImmediate(),
  });
  let [progress, stepsAfter] = [new RunProgress(''), 0];
  for (;;) {
    const next = await events.next();
    if (next.done === true) {
      terminal.endProgress();
      return next.value;
    }
    const { run, runs, event } = next.value;
    if (event.kind === 'started') {
      progress = new RunProgress(`fold model ${String(run + 1)} of ${String(runs)}`);
      stepsAfter = event.steps * (runs - run - 1);
    }
    progress.take(event);
    terminal.progress(progress.text() + timeLeft(progress.secondsLeft(stepsAfter)));
  }
}
