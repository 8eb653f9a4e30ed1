import { formats, writable } from '../../data/formats/formats.ts';
import { lossesOfWriting } from '../../data/formats/losses.ts';
import { writeData } from '../../data/formats/write.ts';
import type { Imported } from '../../data/types.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { formatNamed, formatOfName, importFile } from '../files/dataFiles.ts';
import { bundleOf, datasetNamed, readBundle } from '../files/bundles.ts';
import { readBytes, writeWhole } from '../files/files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { counted } from '../terminal/text.ts';

export const convert: Command = {
  name: 'convert',
  summary: 'Writes a data file in another format, and tells what that loses.',
  usage: 'IN OUT [--from X] [--to Y] [--dataset NAME]',
  positionals: [2, 2],
  options: [
    {
      name: 'from',
      value: 'X',
      text: `Format of IN: ${Object.keys(formats).join(', ')}. A project bundle of the app is known by itself.`,
      fallback: 'told by content',
    },
    {
      name: 'to',
      value: 'Y',
      text: `Format of OUT: ${writable.map(({ id }) => id).join(', ')}, bundle.`,
      fallback: 'by its ending (.zip is a bundle), else jsonl',
    },
    {
      name: 'dataset',
      value: 'NAME',
      text: 'Which dataset of a bundle.',
      fallback: 'the only one',
    },
  ],
  examples: [
    'vermeil convert train.conll train.jsonl',
    'vermeil convert project.vermeil.zip gold.conll --dataset gold',
  ],
  run,
};

async function run(args: Args, terminal: Terminal): Promise<ExitCode> {
  const [input = '', output = ''] = args.positionals;
  const named = args.text('to');
  const to =
    named === 'bundle' || (named === null && output.endsWith('.zip'))
      ? 'bundle'
      : (formatNamed('to', named) ?? formatOfName(output, 'jsonl'));
  const { sentences, format } = await read(input, args, terminal);
  const losses = to === 'bundle' ? [] : lossesOfWriting(to, sentences);
  for (const { line, message } of losses) terminal.say(`sentence ${String(line)}: ${message}`);
  await writeWhole(output, to === 'bundle' ? await bundleOf(input, format, sentences) : writeData(to, sentences));
  terminal.answer(`${output}: ${counted(sentences.length, 'sentence')}, from ${format} to ${to}`, {
    from: format,
    to,
    sentences: sentences.length,
    losses: losses.length,
  });
  return 0;
}

async function read(input: string, args: Args, terminal: Terminal): Promise<Pick<Imported, 'sentences' | 'format'>> {
  const format = formatNamed('from', args.text('from'));
  const bundle = format === null ? await readBundle(await readBytes(input)) : null;
  if (bundle === null) return importFile(input, format, terminal);
  for (const problem of bundle.problems) terminal.say(`${input}: ${problem}`);
  return { sentences: datasetNamed(input, bundle.datasets, args.text('dataset')).sentences, format: 'bundle' };
}
