import { lossesOfWriting } from '../../data/formats/losses.ts';
import { writeData } from '../../data/formats/write.ts';
import { readAnswers } from '../../llm/answerFile.ts';
import { groundSamples } from '../../llm/groundSamples.ts';
import { gateOf } from '../../llm/quality/gate.ts';
import { gateInWords } from '../../llm/quality/gateWords.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { formatNamed, formatOfName, importFile, tellFindings } from '../files/dataFiles.ts';
import { readText, writeWhole } from '../files/files.ts';
import { labelCounts } from '../labelCounts.ts';
import { statusWords } from '../statusWords.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { counted } from '../terminal/text.ts';
import { voteOptions, votesFrom } from '../votes.ts';

export const ground: Command = {
  name: 'ground',
  summary: "Turns a teacher's raw answers into labels, with a status for each entity.",
  usage: '--text F --answers F --out F [options]',
  about: [
    'Answers are JSON lines {"id", "response"}, or what a batch of OpenAI or Anthropic gives back, matched to sentences by id. A response holds entities as JSON or as numbered lines; each is looked for in the sentence, in order. A malformed answer is not an empty one: its sentence stays unlabelled.',
    'Every entity has a status: exact, folded (but for case, accents, quotes and spaces), fuzzy (most of its words), not-found, overlapping, unknown-label (with --labels; its words are left out of training). An answer may be malformed, refused, cut-off or missing.',
  ],
  positionals: [0, 0],
  options: [
    { name: 'text', value: 'F', text: 'File of sentences with ids.' },
    { name: 'answers', value: 'F', text: 'File of raw answers.' },
    { name: 'out', value: 'F', text: 'File to write.' },
    {
      name: 'labels',
      value: 'L',
      text: 'Labels that were asked for; others become none.',
      many: true,
      fallback: 'every type is a label',
    },
    ...voteOptions,
    { name: 'gold', value: 'F', text: 'Gold of some of the sentences: tells what the labels are worth.' },
    {
      name: 'format',
      value: 'X',
      text: 'Format of the output: jsonl or conll.',
      fallback: 'by the ending of --out, else jsonl',
    },
  ],
  examples: [
    'vermeil ground --text sentences.jsonl --answers answers.jsonl --out silver.jsonl',
    'vermeil ground --text sentences.jsonl --answers batch-output.jsonl --labels PER,ORG --gold probe.jsonl --out silver.jsonl',
  ],
  run,
};

async function run(args: Args, terminal: Terminal): Promise<ExitCode> {
  const textPath = args.required('text', 'Give --text F, the sentences that the teacher was asked about.');
  const answersPath = args.required('answers', "Give --answers F, the teacher's raw answers.");
  const out = args.required('out', 'Give --out F, the file to write.');
  const format = formatNamed('format', args.text('format')) ?? formatOfName(out, 'jsonl');
  const { sentences: asked } = await importFile(textPath, null, terminal);
  const { answers, findings } = readAnswers(await readText(answersPath));
  tellFindings(answersPath, findings, terminal);
  const labels = args.list('labels', true);
  const goldPath = args.text('gold');
  const gold = goldPath === null ? null : (await importFile(goldPath, null, terminal)).sentences;
  const grounded = groundSamples(asked, answers, labels.length > 0 ? { labels } : {}, votesFrom(args));
  // A sentence without an answer has no line in the file of answers.
  tellFindings(
    answersPath,
    grounded.findings.filter(({ code }) => code !== 'answer-missing'),
    terminal,
  );
  for (const { line, message } of lossesOfWriting(format, grounded.sentences)) {
    terminal.say(`sentence ${String(line)}: ${message}`);
  }
  const gate = gold === null ? null : gateOf(gold, grounded.sentences);
  await writeWhole(out, writeData(format, grounded.sentences));
  const spans = Object.values(labelCounts(grounded.sentences)).reduce((sum, n) => sum + n, 0);
  terminal.answer(
    `${out}: ${counted(grounded.sentences.length, 'sentence')}, ${counted(spans, 'span')} (${statusWords(grounded.statuses)})${gate === null ? '' : `\n${gateInWords(gate)}`}`,
    {
      sentences: grounded.sentences.length,
      spans,
      statuses: grounded.statuses,
      ...(gate !== null && { gate: { verdict: gate.verdict, sentences: gate.sentences, ...gate.all } }),
    },
  );
  return 0;
}
