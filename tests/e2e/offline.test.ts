import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { addSample, fill, finished, manyThreads } from './support/steps.ts';

/**
 * The built app on a plain host: under a path of its own, with no header of ours. The host can be cut off, and what it serves
 * can be replaced by another version.
 */
const under = '/some/place/';
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
};
let folder: string;
let served: string;
let isUp = true;
let server: Server;
let url: string;

test.use({ serviceWorkers: 'allow' });

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vermeil-offline-'));
  served = process.env['VERMEIL_DIST'] ?? 'dist';
  server = createServer((request, response) => {
    if (!isUp) {
      request.socket.destroy();
      return;
    }
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const name = path === under ? 'index.html' : path.startsWith(under) ? path.slice(under.length) : '';
    readFile(join(served, name)).then(
      (bytes) => response.writeHead(200, { 'Content-Type': types[extname(name)] ?? 'text/plain' }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  url = `http://localhost:${String((server.address() as AddressInfo).port)}${under}`;
});
test.afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** The same build with another start page: another version, whose service worker says so. */
async function nextVersion(title: string): Promise<string> {
  const next = join(folder, title);
  await cp(served, next, { recursive: true });
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  const before = await readFile(join(next, 'index.html'), 'utf8');
  const after = before.replace(
    '<title>Vermeil</title>',
    `<title>Vermeil</title><meta name="version" content="${title}">`,
  );
  await writeFile(join(next, 'index.html'), after);
  const worker = await readFile(join(next, 'serviceWorker.js'), 'utf8');
  const changed = worker
    .replace(digest(before), digest(after))
    .replace(/version:[`"'](\w+)[`"']/, `version:"${title}"`);
  expect(changed).toContain(digest(after));
  await writeFile(join(next, 'serviceWorker.js'), changed);
  return next;
}

test('second visit without a network: opens, isolated, and trains on the sample; then a new version is offered', async ({
  browser,
}) => {
  const context = await browser.newContext({ baseURL: url, serviceWorkers: 'allow' });
  const page = await context.newPage();
  await page.goto(url);
  await expect(page.getByText('Works offline')).toBeVisible({ timeout: 60_000 });
  isUp = false;

  await page.goto(url);
  expect(await page.evaluate(() => crossOriginIsolated), 'headers by the service worker').toBe(true);
  await expect(page.getByText(manyThreads).first()).toBeVisible({ timeout: 60_000 });
  await addSample(page);
  await page.goto('#/train');
  await fill(page, { Steps: '2', Layers: '1', Batch: '2', 'Longest window': '32' });
  await page.getByRole('button', { name: /^Train 1 run/ }).click();
  await finished(page);

  const version = page.locator('meta[name="version"]');
  isUp = true;
  const first = served;
  served = await nextVersion('two');
  const tab = await context.newPage();
  await tab.goto(url);
  await page.reload();
  await expect(page.getByText('A new version is ready.')).toBeVisible({ timeout: 30_000 });
  await expect(version, 'not before it is asked for').toHaveCount(0);

  await page.getByRole('button', { name: 'Update, then reload' }).click();
  await expect(page.getByText('Close the other tabs of Vermeil first (1)')).toBeVisible();
  await tab.close();
  await page.getByRole('button', { name: 'Update, then reload' }).click();
  await expect(version).toHaveAttribute('content', 'two');
  expect((await page.evaluate(() => caches.keys())).filter((name) => name.startsWith('vermeil '))).toHaveLength(1);

  // A deployment half done: the new service worker is there, a file of it is still the old one.
  const half = await nextVersion('three');
  await cp(join(first, 'index.html'), join(half, 'index.html'));
  served = half;
  await page.reload();
  await page.waitForTimeout(1500);
  await expect(page.getByText('A new version is ready.')).toHaveCount(0);
  await expect(version).toHaveAttribute('content', 'two');
  await context.close();
});
