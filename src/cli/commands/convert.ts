import { formats, writable } from '../../data/formats/formats.ts';
import { lossesOfWriting } from '../../data/formats/losses.ts';
import { writeData } from '../../data/formats/write.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { formatNamed, formatOfName, importFile } from '../files/dataFiles.ts';
import { writeWhole } from '../files/files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { counted } from '../terminal/text.ts';

export const convert: Command = {
  name: 'convert',
  summary: 'Writes a data file in another format, and tells what that loses.',
  usage: 'IN OUT [--from X] [--to Y]',
  positionals: [2, 2],
  options: [
    {
      name: 'from',
      value: 'X',
      text: `Format of IN: ${Object.keys(formats).join(', ')}.`,
      fallback: 'told by content',
    },
    {
      name: 'to',
      value: 'Y',
      text: `Format of OUT: ${writable.map(({ id }) => id).join(', ')}.`,
      fallback: 'by its ending, else jsonl',
    },
  ],
  examples: ['vermeil convert train.conll train.jsonl'],
  run,
};

async function run(args: Args, terminal: Terminal): Promise<ExitCode> {
  const [input = '', output = ''] = args.positionals;
  const to = formatNamed('to', args.text('to')) ?? formatOfName(output, 'jsonl');
  const { sentences, format } = await importFile(input, formatNamed('from', args.text('from')), terminal);
  const losses = lossesOfWriting(to, sentences);
  for (const { line, message } of losses) terminal.say(`sentence ${String(line)}: ${message}`);
  await writeWhole(output, writeData(to, sentences));
  terminal.answer(`${output}: ${counted(sentences.length, 'sentence')}, from ${format} to ${to}`, {
    from: format,
    to,
    sentences: sentences.length,
    losses: losses.length,
  });
  return 0;
}
