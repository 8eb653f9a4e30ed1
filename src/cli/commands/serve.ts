import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { exists } from '../files/files.ts';
import { builtApp, packageRoot } from '../files/package.ts';
import { serveFolder } from '../staticServer.ts';
import type { Terminal } from '../terminal/terminal.ts';

const defaultPort = 4173;
const defaultHost = 'localhost';

export const serve: Command = {
  name: 'serve',
  summary: 'Serves the app in the browser from this machine.',
  usage: '[--port N] [--host H]',
  about: ['In a checkout the app is built first where it is missing. Ctrl-C ends it.'],
  positionals: [0, 0],
  options: [
    {
      name: 'port',
      value: 'N',
      text: 'Port to listen on; one that is taken gives way to the next.',
      fallback: String(defaultPort),
    },
    {
      name: 'host',
      value: 'H',
      text: 'Name or address to listen on. WebGPU needs localhost, or https in front.',
      fallback: defaultHost,
    },
  ],
  examples: ['vermeil serve', 'vermeil serve --port 8080'],
  run,
};

async function run(args: Args, terminal: Terminal): Promise<ExitCode> {
  const port = args.number('port', { min: 0, max: 65535, whole: true }) ?? defaultPort;
  const host = args.text('host') ?? defaultHost;
  if (!(await exists(join(builtApp, 'index.html')))) await build(terminal);
  const server = await serveFolder({ folder: builtApp, port, host });
  terminal.answer(`Vermeil is at ${server.url} (Ctrl-C ends it)`, { url: server.url });
  await new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve());
  });
  await server.close();
  return 0;
}

/** Builds the app in a checkout; what Vite says goes to stderr. */
async function build(terminal: Terminal): Promise<void> {
  const vite = join(packageRoot, 'node_modules', 'vite', 'bin', 'vite.js');
  if (!(await exists(vite)))
    throw new AppError('file-missing', 'the app is not built', { file: join(builtApp, 'index.html') });
  terminal.say('Building the app …');
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: packageRoot,
    stdio: ['ignore', 2, 2],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code === 0) return;
  const reason = 'building the app failed, see above';
  throw new AppError('file-unreadable', reason, { file: builtApp, reason });
}
