import { expect, test } from './support/fixtures.ts';
import { addSample, fill, finished, reached, stepShown } from './support/steps.ts';
import { storedRuns } from './support/stored.ts';

test('a second tab watches a run with its curve, and goes on with it from the snapshot when the first is closed', async ({
  context,
  page,
}) => {
  await addSample(page);
  await page.goto('./#/train');
  // A stage end, at which a snapshot is made, after 43 of 60 steps.
  await fill(page, { Steps: '60', Batch: '4', Layers: '1' });
  await page.getByRole('button', { name: /^Train 1 run/ }).click();
  await reached(page, 4);

  const other = await context.newPage();
  await other.goto('./#/train');
  await expect(other.getByText('Another tab trains. Pause and stop are there.')).toBeVisible();
  const curve = other.getByRole('img', { name: /^Loss: \d\.\d\d at step \d+ of 60$/ });
  await expect(curve).toBeVisible();
  expect(await stepShown(other)).toBeGreaterThanOrEqual(4);
  await expect(other.getByRole('button', { name: 'Stop', exact: true })).toHaveCount(0);
  await expect(page.getByText(/saved at step 43/)).toBeVisible({ timeout: 60_000 });
  await reached(page, 44);
  await page.close();

  await finished(other);
  await expect(other.getByRole('img', { name: /^Loss: \d\.\d\d at step 60 of 60$/ })).toBeVisible();
  const [run] = await storedRuns(other);
  expect(run!.log.map(({ what, step }) => `${what} ${String(step)}`)).toEqual(['begun 0', 'gone-on 43', 'finished 60']);
  expect(run!.curve.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
});
