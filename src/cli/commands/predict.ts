import { spansOfTags, tagsOfSpans } from '../../data/bio.ts';
import { AppError } from '../../core/errors.ts';
import { formats, writable } from '../../data/formats/formats.ts';
import { writeData } from '../../data/formats/write.ts';
import type { Sentence } from '../../data/types.ts';
import { modelFromCheckpoint } from '../../engine/checkpoint/export.ts';
import type { TrainedModel } from '../../engine/model/trained.ts';
import { predictWords } from '../../engine/predict.ts';
import { scoresOf, type Scores } from '../../eval/scores.ts';
import { createTokenizer } from '../../tokenizer/tokenizer.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { deviceNamed, openNodeDevice } from '../device.ts';
import { modelSource } from '../files/checkpointFolder.ts';
import { formatNamed, formatOfName, importFile } from '../files/dataFiles.ts';
import { writeWhole } from '../files/files.ts';
import { loadFrom } from '../files/load.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { counted, duration } from '../terminal/text.ts';
import { labelCounts } from '../labelCounts.ts';
import { scoresTable } from '../training/results.ts';
import { usageError } from '../usage.ts';

export const predict: Command = {
  name: 'predict',
  summary: 'Labels text with a trained model.',
  usage: '--model DIR --in F [--out F] [options]',
  about: [
    'The input may be labelled or not, in any format that Vermeil reads, or plain text with a sentence a line; where lines are long, sentences are found in them. Where every sentence is labelled, the predictions are also scored against the labels.',
  ],
  positionals: [0, 0],
  options: [
    {
      name: 'model',
      value: 'DIR',
      text: 'Folder of the model, the folder of its run, or the zip of the model or of its run that the app downloads.',
    },
    { name: 'in', value: 'F', text: 'File to label.' },
    { name: 'out', value: 'F', text: 'File to write.', fallback: 'stdout' },
    {
      name: 'from',
      value: 'X',
      text: `Format of the input: ${Object.keys(formats).join(', ')}.`,
      fallback: 'told by content',
    },
    {
      name: 'format',
      value: 'X',
      text: `Format of the output: ${writable.map(({ id }) => id).join(', ')}.`,
      fallback: 'by the ending of --out, else jsonl',
    },
    { name: 'device', value: 'D', text: 'wasm, webgpu or cpu.', fallback: 'the faster one that passes its self-test' },
  ],
  examples: [
    'vermeil predict --model runs/simple-mix-seed-0 --in letters.txt --out letters.jsonl',
    'vermeil predict --model vermeil-model.zip --in test.conll --out predicted.conll',
  ],
  run,
};

async function run(args: Args, terminal: Terminal): Promise<ExitCode> {
  const modelPath = args.required('model', 'Give --model DIR, the folder of a trained model.');
  const input = args.required('in', 'Give --in F, the file to label.');
  const out = args.text('out');
  if (out === null && args.has('json')) {
    throw usageError('--json and the predictions cannot both go to stdout.', 'Name a file with --out F.');
  }
  const wanted = deviceNamed(args.text('device'));
  const format = formatNamed('format', args.text('format')) ?? formatOfName(out ?? '', 'jsonl');
  const sentences = await readInput(input, args.text('from'), terminal);
  const model = modelFromCheckpoint(await loadFrom(await modelSource(modelPath), 0, terminal));
  await openNodeDevice(wanted, terminal);
  const startedAt = performance.now();
  const tags = await predictTagNames(model, sentences, terminal);
  const seconds = (performance.now() - startedAt) / 1000;
  const predicted = sentences.map((sentence, i) => ({ ...sentence, spans: spansOfTags(tags[i]!, sentence.words) }));
  const scores = scoresAgainst(sentences, tags);
  const text = writeData(format, predicted);
  if (out !== null) await writeWhole(out, text);
  const labels = labelCounts(predicted);
  const entities = Object.values(labels).reduce((sum, n) => sum + n, 0);
  const told = `${counted(entities, 'entity')} in ${counted(predicted.length, 'sentence')}, ${duration(seconds)}`;
  const table = scores === null ? '' : `\n\n${scoresTable(scores)}`;
  if (out === null) {
    terminal.say(`${told}${table}`);
    terminal.answer(text, null);
  } else {
    const facts = { sentences: predicted.length, entities, labels, seconds, out };
    terminal.answer(`${out}: ${told}${table}`, scores === null ? facts : { ...facts, scores });
  }
  return 0;
}

/** The file's sentences; what is in no known format is taken as plain text, and that is said. */
async function readInput(path: string, from: string | null, terminal: Terminal): Promise<readonly Sentence[]> {
  const named = formatNamed('from', from);
  const { sentences, format, facts } = await importFile(path, named, terminal).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'format-unknown') throw error;
    return importFile(path, 'text', terminal);
  });
  const how = facts.textUnit === 'split' ? 'whose long lines were cut into sentences' : 'a sentence a line';
  if (named === null && format === 'text') terminal.say(`${path}: read as plain text, ${how}`);
  if (sentences.length === 0) throw new AppError('data-empty', `${path} holds no sentence`, { file: path });
  return sentences;
}

async function predictTagNames(
  model: TrainedModel,
  sentences: readonly Sentence[],
  terminal: Terminal,
): Promise<readonly (readonly string[])[]> {
  const tokenizer = createTokenizer(model.tokenizerFiles);
  const ids = await predictWords(model, tokenizer, sentences, (done, total) =>
    terminal.progress(`labelling: ${String(done)} of ${counted(total, 'window')}`),
  );
  terminal.endProgress();
  return ids.map((sentence) => [...sentence].map((id) => model.tags[id] ?? 'O'));
}

/** Scores against the input's own labels, null where a sentence has none. */
function scoresAgainst(sentences: readonly Sentence[], predicted: readonly (readonly string[])[]): Scores | null {
  const gold: string[][] = [];
  for (const { words, spans } of sentences) {
    if (spans === null) return null;
    gold.push(tagsOfSpans(words, spans).tags);
  }
  return scoresOf(gold, predicted);
}
