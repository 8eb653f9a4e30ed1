import { expect, test } from './support/fixtures.ts';
import { addSample, fill, finished, reached, stepShown } from './support/steps.ts';
import { storedRuns } from './support/stored.ts';

test('a second tab watches a run with its curve, and goes on with it from the snapshot when the first is closed', async ({
  context,
  page,
}) => {
  await addSample(page);
  await page.goto('./#/train');
  // A stage end, at which a snapshot is made, long before the last step.
  await fill(page, { Steps: '240', Batch: '4', Layers: '1' });
  await page.getByRole('button', { name: /^Train 1 run/ }).click();
  await reached(page, 4);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();

  const other = await context.newPage();
  await other.goto('./#/train');
  await expect(other.getByText('Another tab trains.', { exact: true })).toBeVisible();
  const curve = other.getByRole('img', { name: /^Loss: \d\.\d\d at step \d+ of 240$/ });
  await expect(curve).toBeVisible();
  expect(await stepShown(other)).toBeGreaterThanOrEqual(4);
  // What is clicked here the other tab does.
  await other.getByRole('button', { name: 'Continue', exact: true }).click();
  const saved = page.getByText(/saved at step 17\d/);
  await expect(saved).toBeVisible({ timeout: 60_000 });
  const step = Number(/saved at step (\d+)/.exec((await saved.textContent()) ?? '')?.[1]);
  await reached(page, step + 1);
  await page.close();

  await finished(other);
  await expect(other.getByRole('img', { name: /^Loss: \d\.\d\d at step 240 of 240$/ })).toBeVisible();
  const [run] = await storedRuns(other);
  expect(run!.log.map(({ what, step }) => `${what} ${String(step)}`)).toEqual([
    'begun 0',
    `gone-on ${String(step)}`,
    'finished 240',
  ]);
  expect(run!.curve.map(({ step }) => step)).toEqual(Array.from({ length: 240 }, (_, i) => i + 1));
});
