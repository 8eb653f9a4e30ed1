import { cpus } from 'node:os';
import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';

/** What the page says of a processor that may use several threads; on a machine of one core there is but one. */
export const manyThreads = cpus().length > 1 ? /^wasm · [2-8] threads\b/ : /^wasm · 1 thread\b/;

/** The sample's data on the shelf, by the Data page. */
export async function addSample(page: Page): Promise<void> {
  await page.goto('#/data');
  await page.getByRole('button', { name: 'Add the sample’s data' }).click();
  await expect(page.getByRole('link', { name: 'speeches, test' })).toBeVisible();
}

/** Fields of the Train page by their label, and what to type into them. */
export async function fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  const all = page.locator('details', { hasText: 'All settings' }).first();
  if (!(await all.evaluate((element: HTMLDetailsElement) => element.open)))
    await page.getByText('All settings').click();
  for (const [label, text] of Object.entries(fields)) {
    await page.getByRole('textbox', { name: label, exact: true }).fill(text);
    await page.keyboard.press('Tab');
  }
}

/** Waits until the run that the live page shows has ended well. */
export async function finished(page: Page): Promise<void> {
  await expect(page.getByRole('link', { name: 'See the result' })).toBeVisible({ timeout: 180_000 });
}

/** The step that the live page shows. */
export async function stepShown(page: Page): Promise<number> {
  const text = await page.getByRole('progressbar', { name: 'Steps done' }).getAttribute('aria-valuenow');
  return Number(text);
}

/** Waits until at least `step` updates are done. */
export async function reached(page: Page, step: number): Promise<void> {
  await expect.poll(() => stepShown(page), { timeout: 120_000 }).toBeGreaterThanOrEqual(step);
}
