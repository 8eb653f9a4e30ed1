import { writeData } from '../../data/formats/write.ts';
import { readAnswers } from '../../llm/answerFile.ts';
import { groundAnswers } from '../../llm/groundAnswers.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { formatNamed, formatOfName, importFile, tellFindings } from '../files/dataFiles.ts';
import { readText, writeWhole } from '../files/files.ts';
import { labelCounts } from '../labelCounts.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { counted } from '../terminal/text.ts';

export const ground: Command = {
  name: 'ground',
  summary: "Turns a teacher's raw answers into labels, with a status for each entity.",
  usage: '--text F --answers F --out F [options]',
  about: [
    'Answers are JSON lines {"id", "response"}, matched to sentences by id. A response ends with {"entities": [{"text", "type"}]}; each entity is looked for in the sentence, in order. A malformed answer is not an empty one: its sentence stays unlabelled.',
  ],
  positionals: [0, 0],
  options: [
    { name: 'text', value: 'F', text: 'File of sentences with ids.' },
    { name: 'answers', value: 'F', text: 'File of raw answers.' },
    { name: 'out', value: 'F', text: 'File to write.' },
    {
      name: 'format',
      value: 'X',
      text: 'Format of the output: jsonl or conll.',
      fallback: 'by the ending of --out, else jsonl',
    },
  ],
  examples: ['vermeil ground --text sentences.jsonl --answers answers.jsonl --out silver.jsonl'],
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
  const grounded = groundAnswers(asked, answers);
  // A sentence without an answer has no line in the file of answers.
  tellFindings(
    answersPath,
    grounded.findings.filter(({ code }) => code !== 'answer-missing'),
    terminal,
  );
  await writeWhole(out, writeData(format, grounded.sentences));
  const spans = Object.values(labelCounts(grounded.sentences)).reduce((sum, n) => sum + n, 0);
  const statuses = Object.entries(grounded.statuses).map(([status, n]) => `${status} ${String(n)}`);
  terminal.answer(
    `${out}: ${counted(grounded.sentences.length, 'sentence')}, ${counted(spans, 'span')} (${statuses.join(', ')})`,
    {
      sentences: grounded.sentences.length,
      spans,
      statuses: grounded.statuses,
    },
  );
  return 0;
}
