import { expect, test } from './support/fixtures.ts';
import { addSample, fill, finished, reached, stepShown } from './support/steps.ts';

test('after a reload in mid-run the run goes on by itself, and finishes', async ({ page }) => {
  await addSample(page);
  await page.goto('./#/train');
  await page.getByRole('button', { name: 'More ways to mix silver and gold' }).click();
  await page.getByRole('checkbox', { name: /^Gold, then silver/ }).check();
  await page.getByRole('checkbox', { name: /^Simple mix/ }).uncheck();
  // The first stage has 4 of 14 steps, and a snapshot is made at its end.
  await fill(page, { Steps: '14', Batch: '4' });
  await page.getByRole('button', { name: /^Train 1 run/ }).click();
  await expect(page.getByText(/saved at step \d+/)).toBeVisible({ timeout: 120_000 });
  await reached(page, 5);

  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'Gold, then silver, seed 0' })).toBeVisible();
  await reached(page, 4);
  await finished(page);
  expect(await stepShown(page)).toBe(14);
  await page.getByRole('link', { name: 'See the result' }).click();
  await expect(
    page.getByRole('region', { name: 'By label, on test' }).getByRole('row', { name: /^PER / }),
  ).toBeVisible();
});
