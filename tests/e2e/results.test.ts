import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { storedExperiment } from '../support/storedExperiment.ts';
import { expect, test } from './support/fixtures.ts';
import { accessible } from './support/looks.ts';
import { putStored } from './support/stored.ts';

/** The results of a made-up experiment of four ways of training, as the page finds them in its storage. */
async function showResults(page: Page, seeds: number, missing = 0): Promise<void> {
  await page.goto('./#/results');
  await expect(page.getByText('Every finished run will stand here')).toBeVisible();
  const stored = storedExperiment(seeds, 4);
  await putStored(page, { ...stored, runs: stored.runs.slice(0, stored.runs.length - missing) });
  await page.reload();
}

async function saved(page: Page, name: string): Promise<string> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name }).click();
  return readFile(await (await downloading).path(), 'utf8');
}

test('runs are compared in words, numbers and pictures, and a mistake leads to its sentence', async ({ page }) => {
  await showResults(page, 5);
  const comparison = page.getByRole('region', { name: 'Comparison' });
  await expect(comparison.getByText(/^With 5 seeds, Simple mix is better than Gold only/).first()).toBeVisible();
  await expect(
    comparison.getByText(/^Simple mix: 95 % interval over seeds .* after Holm’s correction for 3 comparisons/),
  ).toBeVisible();
  await expect(comparison.getByRole('list', { name: 'What weakens the comparison' })).toContainText(
    'also stand in gold',
  );
  const table = comparison.getByRole('region', { name: 'Results by way of training' });
  await expect(table.getByRole('row')).toHaveCount(6); // a head, four ways, the teacher
  await expect(table.getByRole('row', { name: /^Teacher itself/ })).toBeVisible();
  await expect(
    table.getByRole('row', { name: /^Gold only 5 0\.\d{3} ± 0\.\d{3} .* baseline 60 none 960/ }),
  ).toBeVisible();
  await comparison.getByRole('radio', { name: 'by label' }).check();
  await expect(table.getByRole('columnheader', { name: 'LOC' })).toBeVisible();
  await comparison.getByText('How the differences were tested').click();
  const tests = comparison.getByRole('region', { name: 'Tests of the differences' });
  await expect(tests.getByRole('row', { name: /^Simple mix − Gold only 5 \+/ })).toBeVisible();

  const figure = page.getByRole('figure', { name: /^F1 by regimen/ });
  await figure.getByText('Numbers').click();
  await expect(figure.getByRole('row', { name: /^Gold only 0\.\d{3}/ })).toBeVisible();
  expect(await saved(page, 'CSV of F1 by regimen')).toMatch(/^regimen,mean,sd,seed 0,seed 1,seed 2,seed 3,seed 4\r\n/);
  expect(await saved(page, 'SVG of F1 by regimen')).toMatch(/^<svg xmlns=.*<style>/);
  expect(await saved(page, 'Download the report')).toContain('<h1>Paper recipe</h1>');
  expect(await saved(page, 'Table as CSV')).toMatch(/^name,n,f1,f1 sd,/);
  await expect(page.getByText(/simple mix repeated \d+ % of the teacher’s mistakes .* never saw them/)).toBeVisible();
  await expect(page.getByText(/Mistakes repeated, over 5 seeds: \d+ of \d+ when the silver stage ended/)).toBeVisible();
  await page.getByText('More of what was logged').click();
  await expect(page.getByRole('figure', { name: /^What else changes over a run/ })).toContainText('F1 on dev: LOC');
  expect(await saved(page, 'CSV of What else changes')).toMatch(/\nF1 on dev: LOC,Simple mix,100,0\.\d{4}\r\n/);
  await accessible(page);

  await comparison.getByRole('combobox', { name: 'Baseline' }).selectOption('Simple mix');
  await expect(
    comparison
      .getByText(/^With 5 seeds, no evidence that any of 3 ways is better than Simple mix/)
      .first()
      .first(),
  ).toBeVisible();
  await page.reload(); // the baseline stands in the address
  await expect(comparison.getByText(/is better than Simple mix/).first()).toBeVisible();

  await page.getByRole('link', { name: 'Simple mix, seed 4' }).click();
  await expect(page.getByRole('figure', { name: 'F1 on dev by label' })).toContainText('PER');
  const mistakes = page.getByRole('region', { name: 'Mistakes on test' });
  const cell = mistakes.getByRole('button', { name: /^\d+ LOC taken for PER/ });
  const count = Number.parseInt((await cell.textContent()) ?? '', 10);
  await cell.focus();
  await page.keyboard.press('Enter');
  await expect(cell).toHaveAttribute('aria-pressed', 'true');
  await expect(mistakes.getByText(`${String(count)} sentence`)).toBeVisible();
  await accessible(page);
  await mistakes.getByRole('button', { name: 'Put these aside in Data' }).click();
  await expect(page.getByText(/“Mistakes of Simple mix, seed 4” is a dataset now/)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Mistakes of Simple mix, seed 4' })).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('link', { name: 'Mistakes of Simple mix, seed 4' })).toHaveCount(0);
  await page.goBack();
  await mistakes
    .getByRole('link', { name: /^Open in Data/ })
    .first()
    .click();
  await expect(page).toHaveURL(/#\/data\/set-test\?sentence=t\d+$/);
});

test('while an experiment goes on, what is there is compared, and too few seeds get no verdict', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await showResults(page, 2, 3);
  const comparison = page.getByRole('region', { name: 'Comparison' });
  await expect(comparison.getByText('5 of 8 runs so far')).toBeVisible();
  await expect(comparison.getByText(/^With 1 seed, no verdict on Simple mix against Gold only/).first()).toBeVisible();
  await expect(comparison.getByText(/fewer than 3 seeds/)).toHaveCount(0); // the headline says it
  const [needed, room] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(needed).toBeLessThanOrEqual(room);
  await accessible(page);
});
