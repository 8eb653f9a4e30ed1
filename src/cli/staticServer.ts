import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../core/errors.ts';
import { policyOf } from '../offline/policy.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jsonl': 'application/jsonl; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
};

/**
 * The policy of everything but pages: a worker that were started by address could reach no other origin. A page narrows its own
 * as it boots (`offline/boot.ts`), to the endpoints that the person has approved, which no server knows; so its header leaves
 * `connect-src` to that, and holds the rest.
 */
const policy = `${policyOf({ hash: null, endpoints: [] })}; frame-ancestors 'none'`;
const policyOfPages = `${policyOf({ hash: null, endpoints: ['https:', 'http:'] })}; frame-ancestors 'none'`;

/** The first two make the page cross-origin isolated: shared memory, and with it wasm threads, exist only there. */
const commonHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

export interface ServeOptions {
  /** Folder to serve; an address that ends in `/` gives its index.html. */
  readonly folder: string;
  /** Port wanted; one that is taken gives way to the next, twenty times. 0 = any free one. */
  readonly port: number;
  /** Name or address to listen on; `localhost` keeps the pages to this machine. */
  readonly host: string;
}

export interface RunningServer {
  /** Where a browser finds it, ending in `/`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a folder over http. Throws `file-missing` where there is no such folder, `usage` where no port is free. */
export async function serveFolder({ folder, port, host }: ServeOptions): Promise<RunningServer> {
  const root = await realpath(folder).catch(() => {
    throw new AppError('file-missing', `no folder ${folder}`, { file: folder });
  });
  const server = createServer((request, response) => {
    answer(root, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500, commonHeaders);
      response.end();
    });
  });
  const actual = await listen(server, port, host);
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shown}:${String(actual)}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  const last = port === 0 ? 0 : Math.min(65_535, port + 20);
  for (let at = port; at <= last; at++) {
    const problem = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      server.once('error', resolve);
      server.listen(at, host, () => {
        server.off('error', resolve);
        resolve(null);
      });
    });
    const address = server.address();
    if (problem === null && address !== null && typeof address === 'object') return address.port;
    if (problem !== null && problem.code !== 'EADDRINUSE') {
      throw new AppError('usage', problem.message, { reason: problem.message });
    }
  }
  const reason = `ports ${String(port)} to ${String(last)} are taken`;
  throw new AppError('usage', reason, { reason });
}

async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, 405, 'only GET and HEAD');
    return;
  }
  const file = await fileOf(root, request.url ?? '/');
  if (file === null) {
    refuse(response, 404, 'no such file');
    return;
  }
  const { path, sizeBytes, tag } = file;
  const headers = {
    ...commonHeaders,
    'Content-Type': types[extname(path).toLowerCase()] ?? 'application/octet-stream',
    'Accept-Ranges': 'bytes',
    ETag: tag,
    ...(extname(path) === '.html' ? { 'Content-Security-Policy': policyOfPages } : {}),
    // Names under assets/ carry a hash of their content; everything else is asked for again.
    'Cache-Control': path.startsWith(join(root, 'assets') + sep) ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304, headers).end();
    return;
  }
  const range = rangeOf(request.headers.range, sizeBytes);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...headers, 'Content-Range': `bytes */${String(sizeBytes)}` }).end();
    return;
  }
  const [start, end] = range ?? [0, sizeBytes];
  response.writeHead(range === null ? 200 : 206, {
    ...headers,
    'Content-Length': end - start,
    ...(range === null ? {} : { 'Content-Range': `bytes ${String(start)}-${String(end - 1)}/${String(sizeBytes)}` }),
  });
  if (request.method === 'HEAD' || end === start) {
    response.end();
    return;
  }
  await pipeline(createReadStream(path, { start, end: end - 1 }), response);
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...commonHeaders, 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

/** The file that an address names, null where there is none or it lies outside of the folder, links followed. */
async function fileOf(root: string, address: string): Promise<{ path: string; sizeBytes: number; tag: string } | null> {
  try {
    const named = decodeURIComponent(address.split(/[?#]/, 1)[0] ?? '/');
    const path = await realpath(join(root, named.endsWith('/') ? `${named}index.html` : named));
    if (!path.startsWith(root + sep)) return null;
    const info = await stat(path);
    return info.isFile() ? { path, sizeBytes: info.size, tag: `"${String(info.size)}-${String(info.mtimeMs)}"` } : null;
  } catch {
    return null; // no such file, or an address that is no text
  }
}

/** One range of `Range: bytes=a-b` as [start, end); null = all of it, also where several are asked for. RFC 9110, 14.2. */
export function rangeOf(header: string | undefined, sizeBytes: number): [number, number] | 'unsatisfiable' | null {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (found === null) return null;
  const [first, last] = [found[1] ?? '', found[2] ?? ''];
  if (first === '' && last === '') return null;
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1);
  return start < end ? [start, end] : 'unsatisfiable';
}
