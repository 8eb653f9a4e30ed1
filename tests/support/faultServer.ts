import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorBodies, faultKey, modelsBody, okBody, type BodyFault } from './faultBodies.ts';
import type { HttpProviderId } from '../../src/llm/providers/provider.ts';

/** What the server does with one request. `ok` answers as the documentation of the provider shows. */
export type Fault = BodyFault | keyof typeof behaviours;

/** One request as it came. */
export interface Received {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly fault: Fault;
}

export interface FaultServer {
  /** `http://127.0.0.1:port`. */
  readonly origin: string;
  /** Base address of an interface, as a person would type it. */
  endpoint(provider: HttpProviderId): string;
  readonly received: readonly Received[];
  /** Most requests that were open at one time. */
  readonly mostAtOnce: () => number;
  /** Requests that are open now. */
  readonly openNow: () => number;
  close(): Promise<void>;
}

export interface FaultServerOptions {
  /** What to do with the n-th request (from 0) with this body; `ok` where it is left out. */
  readonly fault?: (n: number, body: string) => Fault;
  /** The answer to a body. */
  readonly answer?: (body: string) => string;
  /** How long an `ok` takes, in milliseconds. */
  readonly delayMs?: (n: number) => number;
  readonly retryAfter?: string;
}

function providerOf(url: string): HttpProviderId {
  return url.startsWith('/anthropic') ? 'anthropic' : url.startsWith('/gemini') ? 'gemini' : 'openai';
}

/** The key where each provider wants it; empty elsewhere. */
function keyIn(provider: HttpProviderId, { headers }: IncomingMessage): string {
  if (provider === 'anthropic') return String(headers['x-api-key'] ?? '');
  if (provider === 'gemini') return String(headers['x-goog-api-key'] ?? '');
  return (headers.authorization ?? '').replace(/^Bearer /, '');
}

interface Turn {
  readonly response: ServerResponse;
  readonly provider: HttpProviderId;
  /** The answer, were all well. */
  readonly text: string;
}

const jsonType = { 'content-type': 'application/json' };

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, jsonType).end(JSON.stringify(value));
}

/** Everything but a plain error: what each does with a response. */
const behaviours = {
  ok({ response, provider, text }: Turn) {
    sendJson(response, 200, okBody(provider, text, 'ok'));
  },
  /** As `ok`, but no page may read it. */
  'no-cors'({ response, provider, text }: Turn) {
    sendJson(response, 200, okBody(provider, text, 'ok'));
  },
  empty({ response, provider }: Turn) {
    sendJson(response, 200, okBody(provider, '', 'ok'));
  },
  refusal({ response, provider }: Turn) {
    sendJson(response, 200, okBody(provider, '', 'refusal'));
  },
  'cut-off'({ response, provider }: Turn) {
    sendJson(response, 200, okBody(provider, '{"entities": [{"te', 'cut-off'));
  },
  hang() {
    // no answer, ever
  },
  cut({ response }: Turn) {
    response.writeHead(200, { ...jsonType, 'content-length': '5000' });
    response.write('{"choices": [');
    setTimeout(() => response.destroy(), 5);
  },
  /** A byte now and then, for ever: only a limit of time ends it. */
  drip({ response }: Turn) {
    response.writeHead(200, jsonType);
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => {
      clearInterval(timer);
    });
  },
  truncated({ response, provider, text }: Turn) {
    response.writeHead(200, jsonType).end(JSON.stringify(okBody(provider, text, 'ok')).slice(0, -25));
  },
  html({ response }: Turn) {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Welcome</title>');
  },
  redirect({ response }: Turn) {
    response.writeHead(307, { location: '/elsewhere' }).end();
  },
};

function isBehaviour(fault: Fault): fault is keyof typeof behaviours {
  return Object.hasOwn(behaviours, fault);
}

/**
 * A server that speaks the documented forms of the three interfaces, and fails as it is told. Base addresses are
 * `/openai/v1`, `/anthropic/v1` and `/gemini/v1beta`. It lets pages ask it but for the fault `no-cors`.
 */
export async function startFaultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  const { fault = () => 'ok', answer = () => '{"entities": []}', delayMs = () => 0, retryAfter = '0.02' } = options;
  const received: Received[] = [];
  let asked = 0;
  let [open, most] = [0, 0];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    open++;
    most = Math.max(most, open);
    response.on('close', () => {
      open--;
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { url = '', method = '', headers } = request;
    const provider = providerOf(url);
    const isQuestion = method === 'POST';
    const n = asked;
    if (isQuestion) asked++;
    // A browser asks for leave before a question: what holds for the question holds for that.
    const kind = isQuestion || method === 'OPTIONS' ? fault(n, body) : 'ok';
    if (method !== 'OPTIONS') received.push({ url, method, headers, body, fault: kind });
    if (kind !== 'no-cors') {
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('access-control-allow-headers', '*');
      response.setHeader('access-control-expose-headers', 'retry-after');
    }
    if (method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    if (keyIn(provider, request) !== faultKey) {
      sendJson(response, ...errorBodies[provider]['bad-key']);
      return;
    }
    if (!isQuestion) {
      sendJson(response, 200, modelsBody(provider));
      return;
    }
    const wait = delayMs(n);
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (kind === 'rate-with-wait') response.setHeader('retry-after', retryAfter);
    if (isBehaviour(kind)) behaviours[kind]({ response, provider, text: answer(body) });
    else sendJson(response, ...errorBodies[provider][kind]);
  }

  const server = createServer((request, response) => {
    void handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const paths = { openai: '/openai/v1', anthropic: '/anthropic/v1', gemini: '/gemini/v1beta' };
  return {
    origin,
    endpoint: (provider) => origin + paths[provider],
    received,
    mostAtOnce: () => most,
    openNow: () => open,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
