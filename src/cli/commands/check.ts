import { groupFindings } from '../../data/checks.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { findingLine, formatNamed } from '../files/dataFiles.ts';
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
  const files: unknown[] = [];
  const texts: string[] = [];
  for (const name of args.positionals) {
    const { sentences, findings, format: found } = readData(name, await readBytes(name), format);
    const labels = labelCounts(sentences);
    const tokens = sentences.reduce((sum, { words }) => sum + words.length, 0);
    const entities = Object.values(labels).reduce((sum, n) => sum + n, 0);
    files.push({
      name,
      format: found,
      sentences: sentences.length,
      tokens,
      entities,
      labels,
      findings: groupFindings(findings),
    });
    const counts = Object.entries(labels).map(([label, n]) => `${label} ${String(n)}`);
    const head = `${name}: ${found}, ${counted(sentences.length, 'sentence')}, ${counted(tokens, 'token')}, ${counted(entities, 'entity')}`;
    texts.push(
      [
        `${head}${counts.length === 0 ? '' : ` (${counts.join(', ')})`}`,
        ...findings.map((f) => findingLine(name, f)),
      ].join('\n'),
    );
  }
  terminal.answer(texts.join('\n\n'), { files });
  return 0;
}
