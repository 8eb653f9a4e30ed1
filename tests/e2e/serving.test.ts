import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test as unwatched, type Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { manyThreads } from './support/steps.ts';

test('the app is served isolated, under a policy, with its own files only', async ({ page }) => {
  const response = await page.goto('/');
  expect(response?.headers()['content-security-policy']).toContain("default-src 'self'");
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await expect(page.locator('h1').first()).toBeVisible();
  await expect(page.getByText(manyThreads).first(), 'threads start under the policy').toBeVisible({ timeout: 60_000 });
  const script = /src="\.\/(assets\/[^"]+\.js)"/.exec((await response?.text()) ?? '')?.[1] ?? '';
  const workers = page.waitForEvent('worker');
  await page.reload();
  expect((await workers).url()).toMatch(/^blob:/);
  const served = await page.request.get(`/${script}`);
  expect(served.headers()['content-security-policy']).toContain("connect-src 'self' blob: data:;");
});

unwatched.describe('requests to another origin', () => {
  let server: Server;
  let foreign = '';
  const asked: string[] = [];

  unwatched.beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' });
      response.end('heard');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    foreign = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  unwatched.afterAll(() => server.close());

  /** What a fetch planted in the page and one planted in the app's own worker give: text, or the directive that refuses it. */
  async function planted(page: Page, url: string): Promise<{ page: string; worker: string }> {
    const worker = page.workers()[0] ?? (await page.waitForEvent('worker'));
    const ask = async (address: string) => {
      const violated = new Promise<string>((resolve) => {
        addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), { once: true });
      });
      const heard = fetch(address).then((response) => response.text());
      return Promise.any([heard, violated]);
    };
    return { page: await page.evaluate(ask, `${url}/page`), worker: await worker.evaluate(ask, `${url}/worker`) };
  }

  unwatched('are refused in page and worker by the policy, until the origin is approved', async ({ page }) => {
    const refused = { page: 'connect-src', worker: 'connect-src' };
    await page.goto('/');
    expect(await planted(page, foreign)).toEqual(refused);
    expect(asked).toEqual([]);

    await page.evaluate((origin) => localStorage.setItem('vermeil-endpoints', JSON.stringify([origin])), foreign);
    expect(await planted(page, foreign), 'before the reload').toEqual(refused);
    await page.reload();
    expect(await planted(page, foreign)).toEqual({ page: 'heard', worker: 'heard' });
    expect(asked).toEqual(['GET /page', 'GET /worker']);

    const wide = ['*', "'self' *", 'https:', 'https://a.example;script-src *', 'https://a.example/path', 7];
    await page.evaluate((list) => localStorage.setItem('vermeil-endpoints', JSON.stringify(list)), wide);
    await page.reload();
    expect(await planted(page, foreign), 'what is no origin opens nothing').toEqual(refused);
  });
});

test('WebGPU is SwiftShader', async ({ page }) => {
  await page.goto('/');
  const info = await page.evaluate(async () => {
    const adapter = await navigator.gpu.requestAdapter();
    return `${adapter?.info.vendor ?? ''} ${adapter?.info.architecture ?? ''}`;
  });
  expect(info).toBe('google swiftshader');
});
