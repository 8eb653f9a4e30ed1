import { parseWords } from './args.ts';
import type { Command, ExitCode } from './command.ts';
import { commands } from './commands.ts';
import { failureOf, tellFailure } from './failure.ts';
import { packageVersion } from './files/package.ts';
import { helpOf, helpOfAll } from './help.ts';
import { createTerminal, type Terminal } from './terminal/terminal.ts';
import { suggestion, usageError } from './usage.ts';

/** Runs one command line (the words after `vermeil`) and says how it ended; nothing is thrown. */
export async function main(words: readonly string[]): Promise<ExitCode> {
  const json = words.includes('--json');
  const { stdout: out, stderr: err } = process;
  // A reader that has seen enough, such as `head`, closes the pipe: no failure of ours.
  out.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const terminal = createTerminal({ out, err, json, now: () => performance.now() });
  try {
    return await dispatch(words, terminal);
  } catch (error) {
    terminal.endProgress();
    const failure = failureOf(error);
    tellFailure(failure, terminal);
    if (process.env['VERMEIL_DEBUG'] !== undefined && error instanceof Error) terminal.say(error.stack ?? '');
    if (json) terminal.answer('', { error: failure });
    return failure.code === 'usage' ? 2 : 1;
  }
}

async function dispatch(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [first, ...rest] = words;
  if (first === undefined || first === '--help' || first === '-h')
    return tell(helpOfAll(commands, packageVersion()), terminal);
  if (first === '--version' || first === 'version') return tell(packageVersion(), terminal);
  if (first === 'help') {
    const [topic] = rest;
    return tell(topic === undefined ? helpOfAll(commands, packageVersion()) : helpOf(commandNamed(topic)), terminal);
  }
  const command = commandNamed(first);
  const args = parseWords(command, rest);
  return args.has('help') ? tell(helpOf(command), terminal) : command.run(args, terminal);
}

function tell(text: string, terminal: Terminal): ExitCode {
  terminal.answer(text, { text });
  return 0;
}

function commandNamed(name: string): Command {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found;
  const names = commands.map((command) => command.name);
  throw usageError(`There is no command "${name}".`, suggestion(name, names, 'See vermeil help.', 'vermeil '));
}
