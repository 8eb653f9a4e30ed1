import { expect, test } from './support/fixtures.ts';
import { addSample, fill, reached } from './support/steps.ts';

test('runs that wait outlive a reload, and another tab sees them without offering them', async ({ context, page }) => {
  await addSample(page);
  await page.goto('./#/train');
  await fill(page, { Steps: '400', Batch: '4', Layers: '1' });
  await page.getByRole('textbox', { name: 'Seeds' }).fill('0, 1, 2');
  await page.getByRole('button', { name: /^Train 3 runs/ }).click();
  await reached(page, 1);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText(/saved at step \d+/)).toBeVisible({ timeout: 60_000 });

  const other = await context.newPage();
  await other.goto('./#/start');
  const seen = other.getByRole('region', { name: 'Where you were' });
  await expect(seen.getByText(/^Paused in another tab/)).toBeVisible();
  await expect(other.getByRole('link', { name: /^Simple mix, seed 0 .* 2 more$/ })).toBeVisible();
  await expect(other.getByRole('button', { name: /^Go on/ })).toHaveCount(0);
  await other.close();

  await page.getByRole('button', { name: 'Take off Simple mix, seed 1' }).click();
  await expect(page.getByText('“Simple mix, seed 1” was taken off the queue.')).toBeVisible();
  await page.reload();
  // A run that was paused waits for the person, and the others with it.
  const queue = page.getByRole('region', { name: 'Queue' });
  await expect(queue.getByRole('listitem')).toHaveText([
    /^Simple mix, seed 0 at step \d+ of 400/,
    /^Simple mix, seed 2 waits/,
  ]);
  await page.goto('./#/start');
  const cut = page.getByRole('region', { name: 'You were training' });
  await expect(cut.getByText(/^Cut short at step \d+ of 400/)).toBeVisible();
  await cut.getByRole('button', { name: 'Go on with the queue' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Simple mix, seed 2' })).toBeVisible();
  await reached(page, 1);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  // The queue goes on with the run that was cut short.
  await expect(page.getByRole('heading', { level: 1, name: 'Simple mix, seed 0' })).toBeVisible({ timeout: 60_000 });
  await reached(page, 1);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByText(/^Stopped at step/)).toBeVisible({ timeout: 60_000 });
});
