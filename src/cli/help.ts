import { commonOptions, type Command, type Option } from './command.ts';

const width = 100;

/** Breaks a text into lines of at most `width` characters, each after the first indented. */
export function wrapped(text: string, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width - indent) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.join(`\n${' '.repeat(indent)}`);
}

/** Two columns: names, and texts wrapped beside them. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const left = Math.max(...rows.map(([name]) => name.length)) + 4;
  return rows.map(([name, text]) => `  ${name.padEnd(left - 2)}${wrapped(text, left)}`).join('\n');
}

function optionRow({ name, value, many, text, fallback }: Option): readonly [string, string] {
  const shown = value === null ? `--${name}` : `--${name} ${value}${many === true ? ' …' : ''}`;
  return [shown, fallback === undefined ? text : `${text} (default: ${fallback})`];
}

/** The help of one command. */
export function helpOf(command: Command): string {
  const parts = [
    `${command.summary}\n\nUsage: vermeil ${command.name}${command.usage === '' ? '' : ` ${command.usage}`}`,
  ];
  for (const paragraph of command.about ?? []) parts.push(wrapped(paragraph, 0));
  parts.push(`Options:\n${columns([...command.options, ...commonOptions].map(optionRow))}`);
  if (command.examples.length > 0) parts.push(`Examples:\n${command.examples.map((line) => `  ${line}`).join('\n')}`);
  return `${parts.join('\n\n')}\n`;
}

/** The help of the whole program. */
export function helpOfAll(commands: readonly Command[], version: string): string {
  return `Vermeil ${version}: trains a small BERT to find named entities, silver labels first, gold on top.

Usage: vermeil COMMAND [options]

Commands:
${columns(commands.map(({ name, summary }) => [name, summary] as const))}

vermeil help COMMAND tells the options of a command. Every command knows --json: one machine-readable object
on stdout, all else on stderr. Exit codes: 0 done, 1 failed, 2 wrong usage.
`;
}
