import { chromium, test as unwatched, type Page } from '@playwright/test';
import { chromiumFlags, findChromium } from '../../scripts/find-chromium.mjs';
import { serveFolder } from '../../src/cli/staticServer.ts';
import { expect, test } from './support/fixtures.ts';
import { accessible } from './support/looks.ts';
import { fill, finished } from './support/steps.ts';

/** Puts a script at the head of the worker, where it changes what the browser offers before the engine looks. */
async function inWorker(page: Page, script: string): Promise<void> {
  await page.route(/\/assets\/entry-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${script};${await response.text()}` });
  });
}

/** SwiftShader under the name of a card, so that it is tested as one. */
const asCard = `
  for (const [name, value] of [['isFallbackAdapter', false], ['vendor', 'acme'], ['architecture', 'g1'], ['device', ''], ['description', '']])
    Object.defineProperty(GPUAdapterInfo.prototype, name, { get: () => value })`;

const cases = [
  {
    what: 'no WebGPU in the browser',
    script: `delete WorkerNavigator.prototype.gpu`,
    says: 'This browser has no WebGPU.',
    next: 'current Chrome, Edge or Safari',
  },
  {
    what: 'a refusal',
    script: `GPU.prototype.requestAdapter = () => Promise.reject(new DOMException('by policy', 'NotAllowedError'))`,
    says: 'refuses it to this page',
    next: 'whoever manages this machine',
  },
  {
    what: 'no adapter',
    script: `GPU.prototype.requestAdapter = () => Promise.resolve(null)`,
    says: 'finds no graphics card that it may use',
    next: 'graphics acceleration',
  },
  {
    what: 'limits that are too small',
    script: `Object.defineProperty(GPUSupportedLimits.prototype, 'maxStorageBufferBindingSize', { get: () => 1 << 20 })`,
    says: 'allows less than training needs',
    next: 'maxStorageBufferBindingSize is 1048576',
  },
  {
    what: 'a card that is lost in its self-test',
    script: `${asCard};
      const request = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (...wanted) {
        const device = await request.apply(this, wanted);
        device.destroy();
        return device;
      }`,
    says: 'was lost in the middle of its self-test',
    next: 'Close other programs',
  },
  {
    what: 'a card that never answers',
    script: `${asCard};
      GPUBuffer.prototype.mapAsync = () => new Promise(() => undefined);
      const { setTimeout: later } = globalThis;
      globalThis.setTimeout = (act, ms) => later(act, ms === 20_000 ? 1500 : ms)`,
    says: 'did not answer in time',
    next: 'Restart the browser',
  },
] as const;

for (const { what, script, says, next } of cases) {
  test(`${what} has its sentence and its next step, and runs use the processor`, async ({ page }) => {
    await inWorker(page, script);
    await page.goto('./#/diagnostics');
    const computes = page.getByRole('region', { name: 'What computes' });
    await expect(computes).toContainText(says);
    await expect(computes).toContainText(next);
    await expect(computes).toContainText('Until then runs use the processor.');
    await expect(computes.getByRole('radio', { name: /^Graphics/ })).toBeDisabled();
    await expect(computes.getByRole('radio', { name: /^Processor/ })).toBeChecked();
  });
}

test('the chip leads to what works here, which can be tested again and copied as text', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('./');
  await page.getByRole('link', { name: /^Device: wasm/ }).click();
  await expect(page.getByRole('heading', { name: 'What works here' })).toBeFocused();
  await expect(
    page.getByText('WebGPU is only imitated by the processor here, which is slow.', { exact: true }),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Test again' }).click();
  await expect(page.getByText('A short self-test is running')).toBeVisible();
  await expect(page.getByRole('radio', { name: /^Processor/ })).toBeChecked();
  await accessible(page);
  await page.getByRole('button', { name: 'Copy as text' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  for (const line of [
    'Runs use: wasm · ',
    'Graphics: google swiftshader',
    '  software: WebGPU is only imitated',
    'Secure context: yes',
  ])
    expect(copied).toContain(line);
});

unwatched(
  'by plain http from another machine: processor, storage and the clipboard work, and the rest says why not',
  async () => {
    const server = await serveFolder({ folder: 'dist', port: 0, host: '127.0.0.1' });
    const executablePath = findChromium();
    const browser = await chromium.launch({
      ...(executablePath === null ? {} : { executablePath }),
      // A name that is not localhost makes a page as insecure as one from another machine; the second flag takes SIMD away.
      args: [...chromiumFlags, '--host-resolver-rules=MAP vermeil.test 127.0.0.1', '--js-flags=--no-enable-sse4-1'],
    });
    const page = await browser.newPage({ baseURL: server.url.replace('127.0.0.1', 'vermeil.test') });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));

    await page.goto('./#/diagnostics');
    const computes = page.getByRole('region', { name: 'What computes' });
    await expect(computes).toContainText('this page came by plain http from another machine');
    await expect(computes).toContainText('WebAssembly works here without SIMD');
    const facilities = page.getByRole('region', { name: 'What the browser gives this page' });
    await expect(facilities.getByRole('row', { name: / no / })).toHaveCount(8);

    await page.getByRole('button', { name: 'Copy as text' }).click();
    const name = page.getByRole('textbox', { name: 'Name of the project' });
    await name.focus();
    await page.keyboard.press('Control+V');
    await expect(name).toHaveValue(/^Vermeil \d/);
    await name.press('Enter');

    const lines = Array.from({ length: 8 }, (_, i) => `Anna${String(i)} B-PER\nslept O\n`).join('\n');
    await page.goto('./#/data');
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name: 'names.conll', mimeType: 'text/plain', buffer: Buffer.from(lines) });
    await page.getByRole('button', { name: 'Add 1 dataset' }).click();
    await expect(page.getByRole('row', { name: /names .*8.*8.*PER 8/ })).toBeVisible();
    await page.goto('./#/train');
    await fill(page, { Steps: '2', Layers: '1', Batch: '2' });
    await page.getByRole('button', { name: /^Train 1 run/ }).click();
    await finished(page);
    await page.reload();
    await expect(name).toHaveValue(/^Vermeil \d/);
    await page.goto('./#/results');
    await expect(page.getByText(/Gold only, seed 0/).first()).toBeVisible();
    expect(errors).toEqual([]);
    await browser.close();
    await server.close();
  },
);
