import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { accessible } from './support/looks.ts';
import { addSample } from './support/steps.ts';

const sentence = 'Thirty States across the Nation have established America 2000 programs.';

/** Opens a dataset of the sample at the one sentence that holds a text. */
async function find(page: Page, dataset: string, text: string): Promise<void> {
  await page.getByRole('link', { name: dataset }).click();
  await expect(page.getByRole('heading', { name: dataset })).toBeVisible(); // or the search of the dataset before is filled
  await page.getByRole('searchbox', { name: 'Search text' }).fill(text);
  await expect(page.getByRole('status').filter({ hasText: /^1 of / })).toBeVisible();
}

/** The entities of the sentence in the editor. */
async function entities(page: Page): Promise<readonly string[]> {
  const all = await page
    .getByRole('dialog')
    .getByRole('list', { name: 'Entities' })
    .getByRole('button')
    .allInnerTexts();
  return all.map((text) => text.replace(/\s+/g, ' '));
}

test('spans by keyboard and mouse, undone, there after a reload, taken into gold', async ({ page }) => {
  await addSample(page);
  await find(page, 'speeches, teacher', '"Thirty States"');
  await page.getByRole('list', { name: 'Sentences' }).getByRole('button').focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  const text = dialog.getByRole('listbox', { name: 'Words of the sentence' });
  await expect(text).toBeFocused();

  await test.step('by keyboard: two words, a label, undone and done again', async () => {
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await expect(text.getByRole('option', { selected: true })).toHaveText(['Thirty', 'States']);
    const org = dialog.getByRole('button', { name: /^\d ORG$/ });
    await page.keyboard.press((await org.innerText()).slice(0, 1));
    await expect(org).toHaveAttribute('aria-pressed', 'true');
    await expect.poll(() => entities(page)).toEqual(['Thirty States ORG by a person', 'America 2000 MISC']);
    await expect(dialog.getByRole('status').last()).toHaveText('Thirty States: ORG');
    await page.keyboard.press('Control+z');
    await expect.poll(() => entities(page)).toEqual(['America 2000 MISC']);
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(() => entities(page)).toHaveLength(2);
  });

  await test.step('by mouse: drawn over words; a new label replaces what it covers', async () => {
    const word = (name: string) => text.getByRole('option', { name });
    await word('established').hover();
    await page.mouse.down();
    await word('America').hover();
    await page.mouse.up();
    await dialog.getByRole('textbox', { name: 'New label' }).fill('LAW');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => entities(page))
      .toEqual(['Thirty States ORG by a person', 'established America LAW by a person, change 2']);
    await word('Nation').dblclick();
    await expect(text.getByRole('option', { selected: true })).toHaveText(['Nation']);
    await word('Thirty').click();
    await expect(text.getByRole('option', { selected: true })).toHaveCount(2);
    await text.focus();
    await page.keyboard.press('Backspace');
    await expect.poll(() => entities(page)).toHaveLength(1);
    await expect(dialog.getByText('saved', { exact: true })).toBeVisible();
    await accessible(page);
  });

  await test.step('there after a reload, in the same place', async () => {
    await page.reload();
    await expect(text).toHaveText(/^Thirty States across/);
    expect(await entities(page)).toEqual(['established America LAW by a person, change 2']);
  });

  await test.step('taken into gold, taken back, and taken again', async () => {
    await dialog.getByRole('button', { name: 'Take into' }).click();
    const said = dialog.getByRole('status').filter({ hasText: 'gold’s own' });
    await expect(said).toHaveText('1 sentence taken into “speeches, reference”; 1 in place of gold’s own.');
    const lanes = dialog.getByRole('region', { name: 'Both sources' });
    await expect(lanes.getByText('LAW')).toHaveCount(2);
    await dialog.getByRole('button', { name: 'Take back' }).click();
    await expect(lanes.getByText('only here')).toHaveCount(0);
    await expect(lanes.getByText('other borders')).toHaveCount(2);
    await dialog.getByRole('button', { name: 'Take into' }).click();
    await expect(lanes.getByText('LAW')).toHaveCount(2);
    await page.keyboard.press('Escape');
    await find(page, 'speeches, reference', '"Thirty States"');
    await expect(page.getByRole('button', { name: sentence.slice(0, 20) })).toContainText('LAW');
  });
});

test('a search leaves fewer rows than were gone through; a sentence lists one entity twice', async ({ page }) => {
  const span = { start: 0, end: 3, label: 'PER' };
  const lines = Array.from({ length: 60 }, (_, i) =>
    JSON.stringify({ text: `Ada ${i < 5 ? 'sang' : 'spoke'}`, spans: i === 0 ? [span, span] : [span] }),
  );
  await page.goto('./#/data');
  const file = { name: 'many.jsonl', mimeType: 'application/json', buffer: Buffer.from(lines.join('\n')) };
  await page.getByLabel('Files to add').setInputFiles(file);
  await page.getByRole('button', { name: 'Add 1 dataset' }).click();
  await page.getByRole('link', { name: 'many' }).click();
  const rows = page.getByRole('list', { name: 'Sentences' }).getByRole('button');
  await rows.first().focus();
  await page.keyboard.press('End');
  await expect(page.getByRole('button', { name: /^60/ })).toBeFocused();
  await page.getByRole('searchbox', { name: 'Search text' }).fill('sang');
  await expect(rows).toHaveCount(5);
  await rows.first().click();
  await expect.poll(() => entities(page)).toHaveLength(2);
});
