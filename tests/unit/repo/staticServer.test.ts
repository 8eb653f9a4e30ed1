import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rangeOf, serveFolder, type RunningServer } from '../../../src/cli/staticServer.ts';

let base = '';
let server: RunningServer;

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'vermeil-serve-'));
  mkdirSync(join(base, 'site/assets'), { recursive: true });
  writeFileSync(join(base, 'secret.txt'), 'secret');
  writeFileSync(join(base, 'site/index.html'), '<p>ä</p>');
  writeFileSync(
    join(base, 'site/assets/a-1.wasm'),
    Uint8Array.from({ length: 100 }, (_, i) => i),
  );
  symlinkSync(join(base, 'secret.txt'), join(base, 'site/link.txt'));
  server = await serveFolder({ folder: join(base, 'site'), port: 0, host: '127.0.0.1' });
});

afterAll(async () => {
  await server.close();
  rmSync(base, { recursive: true });
});

/** Sends the path as it stands: `fetch` would tidy `..` away before anything is sent. */
function rawStatus(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const sent = request({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

it('gives files with type, isolation and a policy', async () => {
  const page = await fetch(server.url);
  expect(page.status).toBe(200);
  expect(await page.text()).toBe('<p>ä</p>');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(page.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  expect(page.headers.get('content-security-policy')).toContain("connect-src 'self'");
  expect(page.headers.get('cache-control')).toBe('no-cache');
  const wasm = await fetch(new URL('assets/a-1.wasm', server.url));
  expect(wasm.headers.get('content-type')).toBe('application/wasm');
  expect(wasm.headers.get('cache-control')).toContain('immutable');
  const again = await fetch(server.url, { headers: { 'If-None-Match': page.headers.get('etag') ?? '' } });
  expect(again.status).toBe(304);
});

it('answers HEAD and ranges', async () => {
  const url = new URL('assets/a-1.wasm', server.url);
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.headers.get('content-length'), await head.text()]).toEqual(['100', '']);
  const part = await fetch(url, { headers: { Range: 'bytes=10-12' } });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 10-12/100']);
  expect([...new Uint8Array(await part.arrayBuffer())]).toEqual([10, 11, 12]);
  expect((await fetch(url, { headers: { Range: 'bytes=100-' } })).status).toBe(416);
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
});

it.each([
  ['bytes=0-0', [0, 1]],
  ['bytes=90-', [90, 100]],
  ['bytes=-5', [95, 100]],
  ['bytes=-500', [0, 100]],
  ['bytes=98-500', [98, 100]],
  ['bytes=5-4', 'unsatisfiable'],
  ['bytes=0-1,5-6', null],
  ['bytes=-', null],
  [undefined, null],
])('reads the range %s', (header, range) => {
  expect(rangeOf(header, 100)).toEqual(range);
});

it('refuses what lies outside, whatever way it is named', async () => {
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/link.txt',
    '/%ff',
    '/%00',
  ]) {
    expect(await rawStatus(path), path).toBe(404);
  }
  expect(await rawStatus('/index.html')).toBe(200);
});

it('takes the next port where one is taken', async () => {
  const taken = Number(new URL(server.url).port);
  const next = await serveFolder({ folder: base, port: taken, host: '127.0.0.1' });
  expect(Number(new URL(next.url).port)).toBeGreaterThan(taken);
  await next.close();
});

it('says which folder is missing', async () => {
  await expect(serveFolder({ folder: join(base, 'none'), port: 0, host: '127.0.0.1' })).rejects.toMatchObject({
    code: 'file-missing',
  });
});
