import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { expect, test } from './support/fixtures.ts';
import { accessible } from './support/looks.ts';
import { addSample } from './support/steps.ts';

test('sets: split, undone, compared; a bundle out; everything erased; the bundle in', async ({
  page,
  context,
}, info) => {
  await addSample(page);
  const choose = (name: string) => page.getByRole('checkbox', { name: `Choose ${name}`, exact: true });
  const tools = page.getByRole('region', { name: 'Work with chosen datasets' });
  const datasets = page.getByRole('region', { name: 'Datasets' });

  await test.step('split and undo', async () => {
    await choose('speeches, reference').check();
    await tools.getByRole('button', { name: 'Split', exact: true }).click();
    await tools.getByRole('textbox', { name: /^Size of part 1/ }).fill('30');
    await expect(tools.getByRole('row').nth(1)).toContainText('30');
    await accessible(page);
    await tools.getByRole('button', { name: 'Split 200 sentences' }).click();
    await expect(datasets.getByRole('row', { name: /speeches, reference, dev Part 1 of 3 .* 30 / })).toBeVisible();
    await expect(datasets.getByRole('combobox', { name: 'Role of speeches, reference', exact: true })).toHaveValue(
      'aside',
    );
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(datasets.getByRole('row')).toHaveCount(5);
    await expect(datasets.getByRole('combobox', { name: 'Role of speeches, reference', exact: true })).toHaveValue(
      'gold',
    );
  });

  await test.step('agreement of gold and silver', async () => {
    await choose('speeches, reference').check();
    await choose('speeches, teacher').check();
    await tools.getByRole('button', { name: 'Compare' }).click();
    await expect(
      tools.getByText('Of 200 sentences that both label, 6 are labelled differently: span F1 0.979.'),
    ).toBeVisible();
    await accessible(page);
  });

  const path = info.outputPath('project.vermeil.zip');
  await page.getByRole('button', { name: /bundle, room, erase/ }).click();
  const panel = page.getByRole('dialog', { name: 'This project' });
  await test.step('a bundle of everything', async () => {
    await accessible(page);
    const waiting = page.waitForEvent('download');
    await panel.getByRole('button', { name: 'Download the bundle' }).click();
    await (await waiting).saveAs(path);
    expect(Object.keys(unzipSync(await readFile(path)))).toContain('manifest.json');
  });

  await test.step('erased, here and for the other tab', async () => {
    const other = await context.newPage();
    await other.goto('./#/data');
    await expect(other.getByRole('link', { name: 'speeches, test' })).toBeVisible();
    await panel.getByRole('button', { name: 'Erase everything …' }).click();
    await panel.getByRole('button', { name: 'Erase everything now' }).click();
    await expect(panel).toBeHidden();
    await expect(other.getByRole('alert')).toContainText('the data were deleted in another tab');
    await other.close();
    await page.goto('./#/data');
    await expect(page.getByRole('button', { name: 'Add the sample’s data' })).toBeVisible();
  });

  await test.step('and back from the bundle, as a file that is picked', async () => {
    await page.getByLabel('Files to add').setInputFiles(path);
    await panel.getByRole('button', { name: 'Take in 5 parts' }).click();
    await expect(panel.getByText('5 parts taken in.')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(datasets.getByRole('row', { name: /speeches, teacher.*1,000.*1,213/ })).toBeVisible();
  });
});
