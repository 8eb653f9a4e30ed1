import { AppError } from '../../core/errors.ts';
import { groupFindings } from '../../data/checks.ts';
import type { Imported } from '../../data/types.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { failureOf, tellFailure } from '../failure.ts';
import { findingLine, formatNamed } from '../files/dataFiles.ts';
import { readBundle } from '../files/bundles.ts';
import { readBytes } from '../files/files.ts';
import type { FormatId } from '../../data/formats/format.ts';
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
  let failed = 0;
  for (const name of args.positionals) {
    try {
      checked.push(...(await checkFile(name, format, terminal)));
    } catch (error) {
      // The other files are still worth a look.
      if (!(error instanceof AppError) || args.positionals.length === 1) throw error;
      const failure = failureOf(error);
      tellFailure(failure, terminal);
      checked.push({ text: null, file: { name, error: failure } });
      failed++;
    }
  }
  const texts = checked.flatMap(({ text }) => text ?? []);
  if (texts.length > 0 || args.has('json'))
    terminal.answer(texts.join('\n\n'), { files: checked.map(({ file }) => file) });
  return failed === 0 ? 0 : 1;
}

/** What a file holds, or each dataset of a bundle. Throws what reading it throws. */
async function checkFile(name: string, format: FormatId | undefined, terminal: Terminal): Promise<readonly Checked[]> {
  const bytes = await readBytes(name);
  const bundle = format === undefined ? await readBundle(bytes) : null;
  if (bundle === null) return [checkedOf(name, readData(name, bytes, format))];
  for (const problem of bundle.problems) terminal.say(`${name}: ${problem}`);
  return bundle.datasets.map((dataset) => checkedOf(`${name}/${dataset.name}`, { ...dataset, format: 'bundle' }));
}

interface Checked {
  /** Null where the file could not be read. */
  readonly text: string | null;
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
