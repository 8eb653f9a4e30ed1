import { expect, test } from './support/fixtures.ts';
import { lookEverywhere } from './support/looks.ts';
import { reached } from './support/steps.ts';

test('every place, empty: accessible, and fits a phone', async ({ page }) => {
  await page.goto('./');
  await expect(page.getByText('Your runs will be listed here')).toBeVisible();
  await lookEverywhere(page, 'empty');
});

test('the sample is started, stopped and gone on with by keyboard alone', async ({ page }) => {
  await page.goto('./');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the page' })).toBeFocused();
  await page.keyboard.press('Enter');
  const sample = page.getByRole('button', { name: 'Try the sample' });
  for (let i = 0; i < 12 && !(await sample.evaluate((e) => e === document.activeElement)); i++) {
    await page.keyboard.press('Tab');
  }
  await expect(sample).toBeFocused();
  await page.keyboard.press('Enter');

  const title = page.getByRole('heading', { level: 1, name: 'Simple mix, seed 0' });
  await expect(title).toBeVisible();
  await expect(title).toBeFocused();
  await expect(page.getByText('silver 1,000 × 2, gold 200 × 4 · 2 layers · learning rate 3e-4')).toBeVisible();
  await reached(page, 2);
  await expect(page.getByRole('img', { name: /^Loss: \d\.\d\d at step \d+ of 178$/ })).toBeVisible();

  await page.getByRole('button', { name: 'Stop', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^Stopped at step \d+\. All up to here is kept\.$/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Go on from the last snapshot' }).focus();
  await page.keyboard.press('Enter');
  await reached(page, 4);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByText(/^Stopped at step/)).toBeVisible({ timeout: 60_000 });
});

test('the theme is chosen and kept', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('combobox', { name: 'Theme' }).selectOption('dark');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.locator('body')).toHaveCSS('background-color', 'rgb(22, 21, 18)');
});
