import { chromium } from '@playwright/test';
import { chromiumFlags, findChromium } from '../../scripts/find-chromium.mjs';
import { expect, test } from './support/fixtures.ts';
import { addSample, fill, finished } from './support/steps.ts';

test('where the browser gives WebAssembly less memory than a batch needs, the run goes through in smaller portions', async ({
  baseURL,
}) => {
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: [...chromiumFlags, '--js-flags=--wasm-max-mem-pages=1500'], // 98 MB
  });
  const page = await browser.newPage({ baseURL: baseURL ?? '', serviceWorkers: 'block' });
  await page.goto('./');
  await addSample(page);
  await page.goto('./#/train');
  await fill(page, { Steps: '2', Layers: '1', Batch: '64' });
  await page.getByRole('button', { name: /^Train 1 run/ }).click();
  await expect(page.getByText(/^Memory ran short at step 1; batches go through/).first()).toBeVisible({
    timeout: 60_000,
  });
  await finished(page);
  await browser.close();
});
