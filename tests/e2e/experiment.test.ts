import { expect, test } from './support/fixtures.ts';
import { accessible } from './support/looks.ts';
import { addSample, fill, reached } from './support/steps.ts';

test('an experiment goes on after a reload and in another tab, and its results can be looked at meanwhile', async ({
  context,
  page,
}) => {
  await addSample(page);
  await page.goto('./#/train');
  await page.getByRole('button', { name: /^Quick look/ }).click();
  await expect(page.getByRole('button', { name: /^Train 3 runs, about \d+ (s|min)$/ })).toBeEnabled();
  await page.getByRole('checkbox', { name: /^Gold only/ }).uncheck();
  await page.getByRole('textbox', { name: 'Seeds' }).fill('0, 1');
  await fill(page, { Steps: '12', Batch: '4', Layers: '1' });
  await page.getByRole('button', { name: /^Train 4 runs/ }).click();

  const cells = (of = page) => of.getByRole('region', { name: '2 ways × 2 seeds, run by run' }).getByRole('row');
  await expect(cells().nth(1)).toHaveText(/Silver only\d\.\d{3}/, { timeout: 60_000 }); // its first seed is done
  await expect(cells().nth(2)).toHaveText(/Simple mix.*waits/); // the second seeds come after all first ones
  await accessible(page);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'Simple mix, seed 0' })).toBeVisible({ timeout: 30_000 });

  const other = await context.newPage();
  await other.goto('./#/train');
  await expect(other.getByText('Another tab trains.', { exact: true }).first()).toBeVisible();
  await expect(other.getByText('This one goes on with the queue when that tab is closed.')).toBeVisible();
  await page.close();
  await expect(cells(other).nth(2)).toHaveText(/Simple mix\d\.\d{3}/, { timeout: 60_000 });
  await expect(other.getByRole('button', { name: 'Stop all' })).toBeVisible();
  await reached(other, 1);
  await other.getByRole('button', { name: 'Stop all' }).click();
  await expect(other.getByRole('button', { name: 'Go on with the queue' })).toBeVisible({ timeout: 30_000 });
  await expect(cells(other).nth(2)).toHaveText(/Simple mix\d\.\d{3}waits/);
});
