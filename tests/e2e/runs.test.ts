import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { accessible } from './support/looks.ts';
import { addSample, fill, finished } from './support/steps.ts';

const tiny = { Steps: '16', Batch: '4', Layers: '1', 'Learning rate': '1e-3' };

async function opened(page: Page, name: string): Promise<void> {
  await page.goto('./#/results');
  await page.getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}

const f1Of = (page: Page) =>
  page
    .getByRole('region', { name: 'By label, on test' })
    .getByRole('row', { name: /^all entities/ })
    .textContent();

test('a run is named, filtered, taken home as a bundle, and trained again elsewhere to the same scores', async ({
  browser,
  context,
  page,
}, info) => {
  await addSample(page);
  await page.goto('./#/train');
  await fill(page, tiny);
  await page.getByRole('button', { name: /^Train 1 run/ }).click();
  await finished(page);

  await test.step('name, tags and notes outlive a reload', async () => {
    await opened(page, 'Simple mix, seed 0');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('The first');
    await page.getByRole('textbox', { name: /^Tags/ }).fill('paper, draft');
    await page.getByRole('textbox', { name: 'Notes' }).fill('Kept for later.');
    await expect(page.getByRole('status').filter({ hasText: /^kept$/ })).toBeVisible();
    await expect(page.getByRole('heading', { level: 1, name: 'The first' })).toBeVisible();
    await page.reload();
    await expect(page.getByRole('textbox', { name: 'Notes' })).toHaveValue('Kept for later.');
    await expect(page.getByRole('textbox', { name: /^Tags/ })).toHaveValue('paper, draft');
    await accessible(page);
  });

  await test.step('removed, and put back', async () => {
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Results' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'The first' })).toBeHidden();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByRole('row', { name: /The first/ })).toContainText('paper');
  });

  await test.step('its settings as a link: they change nothing before they are taken', async () => {
    await opened(page, 'The first');
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy a link' }).click();
    await expect(page.getByText('is on the clipboard')).toBeVisible();
    const other = await context.newPage();
    await other.goto('./#/train');
    await other.getByRole('button', { name: /^One run/ }).click(); // the usual settings, not those typed above
    await other.goto(await page.evaluate(() => navigator.clipboard.readText()));
    const offer = other.getByRole('alert').filter({ hasText: 'Settings from a link' });
    await expect(offer.getByRole('listitem').filter({ hasText: 'Steps by passes → 16' })).toBeVisible();
    await expect(other.getByRole('textbox', { name: 'Layers' })).toHaveValue('2');
    await accessible(other);
    await offer.getByRole('button', { name: 'Take these settings' }).click();
    await expect(other.getByRole('textbox', { name: 'Layers' })).toHaveValue('1');
    await other.goto('./#/train?config=1&batchSize=0');
    await expect(other.getByText('The setting “batchSize” cannot be 0.')).toBeVisible();
    await other.close();
  });

  const bundle = info.outputPath('run.vermeil.zip');
  const scores = await f1Of(page);
  expect(scores).toMatch(/0\.\d*[1-9]/); // equal zeros would prove nothing
  await test.step('the bundle, with its data', async () => {
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the bundle' }).click();
    await (await waiting).saveAs(bundle);
    expect((await readFile(bundle)).length).toBeLessThan(2_000_000); // no weights
  });

  await test.step('elsewhere: taken in, and trained again to the same scores', async () => {
    const elsewhere = await (await browser.newContext({ serviceWorkers: 'block' })).newPage();
    await elsewhere.goto(page.url().replace(/#.*/, ''));
    await elsewhere.getByRole('button', { name: /bundle, room, erase/ }).click();
    await elsewhere.getByLabel('Bundle to open').setInputFiles(bundle);
    await elsewhere.getByRole('button', { name: 'Take in 5 parts' }).click();
    await expect(elsewhere.getByText('5 parts taken in.')).toBeVisible();
    await elsewhere.getByRole('button', { name: 'Close', exact: true }).click();
    await opened(elsewhere, 'The first');
    expect(await f1Of(elsewhere)).toBe(scores);
    await expect(elsewhere.getByText('Taken in from a bundle')).toBeVisible();
    await elsewhere.getByRole('button', { name: 'Train this again' }).click();
    await finished(elsewhere);
    await elsewhere.getByRole('link', { name: 'See the result' }).click();
    await expect(elsewhere.getByRole('heading', { level: 1, name: 'The first, again' })).toBeVisible();
    expect(await f1Of(elsewhere)).toBe(scores);

    // Without its gold it is another run: nothing starts before that was read.
    await elsewhere.goto('./#/data');
    await elsewhere.getByRole('button', { name: 'Remove speeches, reference' }).click();
    await opened(elsewhere, 'The first');
    await elsewhere.getByRole('button', { name: 'Train this again' }).click();
    const found = elsewhere.getByRole('alert').filter({ hasText: 'Not all is as it was' });
    await expect(found.getByRole('listitem').filter({ hasText: 'Gold: 200 sentences then, none here.' })).toBeVisible();
    await elsewhere.context().close();
  });
});
