import { groupFindings } from '../../data/checks.ts';
import type { Imported } from '../../data/types.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { findingLine, formatNamed } from '../files/dataFiles.ts';
import { readBundle } from '../files/bundles.ts';
import { readBytes } from '../files/files.ts';
import { formats } from '../../data/formats/formats.ts';
import { readData } from '../../data/formats/read.ts';
import { labelCounts } from '../labelCounts.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { counted } from '../terminal/text.ts';

export const check: Command = {
  name: 'check',
  summary: 'Tells what data files hold, and every finding with its line.',
  usage: 'F … [--format X]',
  positionals: [1, Infinity],
  options: [
    {
      name: 'format',
      value: 'X',
      text: `Format of the files: ${Object.keys(formats).join(', ')}.`,
      fallback: 'told by content',
    },
  ],
  examples: ['vermeil check gold.conll silver.jsonl'],
  run,
};

async function run(args: Args, terminal: Terminal): Promise<ExitCode> {
  const format = formatNamed('format', args.text('format')) ?? undefined;
  const checked: Checked[] = [];
  for (const name of args.positionals) {
    const bytes = await readBytes(name);
    const bundle = format === undefined ? await readBundle(bytes) : null;
    if (bundle === null) checked.push(checkedOf(name, readData(name, bytes, format)));
    else {
      for (const problem of bundle.problems) terminal.say(`${name}: ${problem}`);
      for (const dataset of bundle.datasets)
        checked.push(checkedOf(`${name}/${dataset.name}`, { ...dataset, format: 'bundle' }));
    }
  }
  terminal.answer(checked.map(({ text }) => text).join('\n\n'), { files: checked.map(({ file }) => file) });
  return 0;
}

interface Checked {
  readonly text: string;
  readonly file: unknown;
}

function checkedOf(name: string, read: Pick<Imported, 'sentences' | 'findings' | 'format'>): Checked {
  const { sentences, findings, format } = read;
  const labels = labelCounts(sentences);
  const tokens = sentences.reduce((sum, { words }) => sum + words.length, 0);
  const entities = Object.values(labels).reduce((sum, n) => sum + n, 0);
  const counts = Object.entries(labels).map(([label, n]) => `${label} ${String(n)}`);
  const head = `${name}: ${format}, ${counted(sentences.length, 'sentence')}, ${counted(tokens, 'token')}, ${counted(entities, 'entity')}`;
  return {
    text: [
      `${head}${counts.length === 0 ? '' : ` (${counts.join(', ')})`}`,
      ...findings.map((f) => findingLine(name, f)),
    ].join('\n'),
    file: {
      name,
      format,
      sentences: sentences.length,
      tokens,
      entities,
      labels,
      findings: groupFindings(findings),
    },
  };
}
