import { chromium } from '@playwright/test';
import { chromiumFlags, findChromium } from '../../scripts/find-chromium.mjs';

/** The app in a Chromium of its own, with the sample's data; runs take the device whose row begins so. */
export async function openAppPage(address, { flags = [], device = 'Processor' } = {}) {
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: [...chromiumFlags, ...flags],
  });
  const page = await browser.newPage({ serviceWorkers: 'block' });
  page.setDefaultTimeout(120_000);
  await page.goto(`${address}/#/diagnostics`);
  await page.getByRole('radio', { name: new RegExp(`^${device}`) }).check();
  await page.getByRole('link', { name: /^Data/ }).click();
  await page.getByRole('button', { name: 'Add the sample’s data' }).click();
  await page.getByRole('link', { name: 'speeches, test' }).waitFor();
  return { browser, page };
}

/** Starts one run with some settings, by their labels. */
export async function startRun(page, fields) {
  await page.getByRole('link', { name: /^Train/ }).click();
  await page.getByText('All settings').click();
  for (const [name, value] of Object.entries(fields)) {
    await page.getByRole('textbox', { name, exact: true }).fill(String(value));
    await page.keyboard.press('Tab');
  }
  await page.getByRole('button', { name: /^Train 1 run/ }).click();
}

/** The step that the live page shows; 0 where there is none yet. */
export const stepShown = (page) =>
  page
    .getByRole('progressbar', { name: 'Steps done' })
    .getAttribute('aria-valuenow')
    .then(Number, () => 0);
