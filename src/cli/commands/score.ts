import { AppError } from '../../core/errors.ts';
import { tagsOfSpans } from '../../data/bio.ts';
import { readData } from '../../data/formats/read.ts';
import { readTags, readTwoColumns } from '../../data/formats/tagColumns.ts';
import { scoresOf } from '../../eval/scores.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { formatNamed, tellFindings } from '../files/dataFiles.ts';
import { readBytes } from '../files/files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { counted } from '../terminal/text.ts';
import { scoresTable } from '../training/results.ts';

export const score: Command = {
  name: 'score',
  summary: 'Scores predicted entities against gold ones, as seqeval and conlleval do.',
  usage: 'GOLD PRED | FILE [options]',
  about: [
    'Two files hold the same sentences, gold and predicted. A single file is CoNLL columns whose last two are the gold and the predicted tag. Both readings are given: the default one (conlleval) and strict IOB2.',
  ],
  positionals: [1, 2],
  options: [{ name: 'format', value: 'X', text: 'Format of both files: jsonl or conll.', fallback: 'told by content' }],
  examples: ['vermeil score gold.conll predicted.conll', 'vermeil score columns.conll --json'],
  run,
};

/** Words and tags of one file, a list a sentence. */
interface Tagged {
  readonly words: readonly (readonly string[])[];
  readonly tags: readonly (readonly string[])[];
}

async function run(args: Args, terminal: Terminal): Promise<ExitCode> {
  const [goldPath = '', predictedPath] = args.positionals;
  const { gold, predicted } =
    predictedPath === undefined
      ? await twoColumns(goldPath, terminal)
      : await twoFiles(goldPath, predictedPath, args, terminal);
  if (gold.length === 0) throw new AppError('data-empty', 'nothing to score', { file: goldPath });
  const scores = scoresOf(gold, predicted);
  terminal.answer(`${counted(gold.length, 'sentence')}\n\n${scoresTable(scores)}`, scores);
  return 0;
}

async function twoColumns(path: string, terminal: Terminal) {
  const { gold, predicted, findings } = readTwoColumns(await readBytes(path));
  tellFindings(path, findings, terminal);
  return { gold, predicted };
}

async function twoFiles(goldPath: string, predictedPath: string, args: Args, terminal: Terminal) {
  const format = args.text('format');
  const gold = await readTagged(goldPath, format, terminal);
  const predicted = await readTagged(predictedPath, format, terminal);
  checkSameWords(gold, predicted, goldPath, predictedPath);
  return { gold: gold.tags, predicted: predicted.tags };
}

async function readTagged(path: string, format: string | null, terminal: Terminal): Promise<Tagged> {
  const bytes = await readBytes(path);
  const imported = readData(path, bytes, formatNamed('format', format) ?? undefined);
  if (imported.format === 'conll') {
    // Spans would forget openings that IOB2 forbids, which the strict reading has to see.
    const { words, tags, findings } = readTags(bytes);
    tellFindings(path, findings, terminal);
    return { words, tags };
  }
  tellFindings(path, imported.findings, terminal);
  const unlabelled = imported.sentences.find(({ spans }) => spans === null);
  if (unlabelled !== undefined) {
    const reason = `sentence ${unlabelled.id} of ${path} is not labelled`;
    throw new AppError('data-invalid', reason, { reason });
  }
  return {
    words: imported.sentences.map(({ text, words }) => words.map(({ start, end }) => text.slice(start, end))),
    tags: imported.sentences.map(({ words, spans }) => tagsOfSpans(words, spans ?? []).tags),
  };
}

/** Throws `data-invalid` that names the first place where two files do not hold the same words. */
function checkSameWords(gold: Tagged, predicted: Tagged, goldPath: string, predictedPath: string): void {
  const differ = (reason: string) => new AppError('data-invalid', reason, { reason });
  if (gold.words.length !== predicted.words.length) {
    const [a, b] = [counted(gold.words.length, 'sentence'), counted(predicted.words.length, 'sentence')];
    throw differ(`${goldPath} has ${a}, ${predictedPath} has ${b}`);
  }
  gold.words.forEach((words, s) => {
    const others = predicted.words[s] ?? [];
    const at = words.findIndex((word, w) => word !== others[w]);
    if (at < 0 && words.length === others.length) return;
    const place = at < 0 ? words.length : at;
    const named = (word: string | undefined) => (word === undefined ? 'nothing' : `“${word}”`);
    throw differ(
      `sentence ${String(s + 1)}, word ${String(place + 1)} is ${named(words[place])} in ${goldPath} and ${named(others[place])} in ${predictedPath}`,
    );
  });
}
