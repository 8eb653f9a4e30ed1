import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { accessible } from './support/looks.ts';
import { addSample } from './support/steps.ts';

const section = (page: Page, name: string) =>
  page.locator('section', { has: page.getByRole('heading', { name, exact: true }) }).last();

/** Opens a step of the job, where it is folded. */
async function openStep(page: Page, title: string): Promise<void> {
  const step = page.locator('details', { has: page.getByText(title, { exact: true }) }).first();
  if (!(await step.evaluate((element: HTMLDetailsElement) => element.open)))
    await step.locator('summary').first().click();
}

test('a teacher is judged, reviewed and asked by files, without a key', async ({ page }) => {
  await addSample(page);
  await page.goto('#/annotate');
  const gate = section(page, 'Is it any good?');
  const review = section(page, 'To review');
  const text = page.getByRole('listbox', { name: 'Words of the sentence' });

  await test.step('the gate: both prompts on the same gold, in words, with mistakes that open in the editor', async () => {
    await expect(gate.getByText('On 200 gold sentences the teacher’s F1 is 0.979')).toBeVisible();
    await expect(gate.getByRole('row', { name: /chain of thought/ })).toContainText('0.975');
    await expect(gate.getByText(/there is no evidence that “speeches, teacher” is better/)).toBeVisible();
    await gate.getByRole('radio', { name: /^other label/ }).check();
    await expect(gate.getByRole('link', { name: 'speeches, reference' })).toHaveCount(1);
    await gate.getByText('“speeches, teacher” by label').click();
    await expect(gate.getByRole('table').nth(1)).toContainText('all entities');
    await accessible(page);
    await gate.getByRole('link', { name: 'speeches, teacher' }).click();
    await expect(page.getByRole('dialog')).toContainText('Sentence');
    await page.goto('#/annotate');
  });

  await test.step('silver below the threshold: Train warns', async () => {
    const threshold = gate.getByRole('spinbutton', { name: 'Training warns below F1' });
    await threshold.fill('0.99');
    await threshold.press('Tab');
    await expect(gate.getByText('That is below 0.99')).toBeVisible();
    await page.goto('#/train');
    await expect(page.getByText('Doubtful silver: “speeches, teacher”.')).toBeVisible();
    await page.reload();
    await expect(page.getByText('Doubtful silver: “speeches, teacher”.')).toBeVisible();
    await page.goto('#/annotate');
    await threshold.fill('0.8');
    await threshold.press('Tab');
    await expect(gate.getByText('That is above 0.8')).toBeVisible();
  });

  await test.step('by keyboard: accepted, mended, rejected, undone; there after a reload', async () => {
    await review.getByRole('checkbox', { name: 'exact ones too' }).check();
    await review.getByRole('button', { name: 'Review 1,000 sentences' }).click();
    await expect(text).toHaveText(/^We must give parents/);
    await page.keyboard.press('a');
    await expect(text).toHaveText(/^Thirty States/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('1');
    await page.keyboard.press('Enter');
    await expect(text).toHaveText(/^There are trouble spots/);
    await page.keyboard.press('r');
    await expect(review.getByText('3 of 1,000 looked at')).toBeVisible();
    await page.keyboard.press('Control+z');
    await expect(text).toHaveText(/^There are trouble spots/);
    await expect(review.getByText('2 of 1,000 looked at')).toBeVisible();
    await expect(review.getByText('saved', { exact: true })).toBeVisible();
    await accessible(page);
    await page.reload();
    await expect(text).toHaveText(/^There are trouble spots/);
    await review.getByRole('button', { name: 'Previous' }).click();
    await expect(review.getByText('mended', { exact: true })).toBeVisible();
    await review.getByRole('button', { name: 'Close' }).click();
  });

  await test.step('several answers vote; what they do not agree on comes to the review', async () => {
    for (const title of ['What', 'Teacher', 'Plan']) await openStep(page, title);
    await page.getByRole('radio', { name: /^Simulated/ }).check();
    await page.getByRole('textbox', { name: 'Answers a sentence' }).fill('3');
    await page.getByRole('textbox', { name: 'How many' }).fill('100');
    await page.getByRole('button', { name: /^Simulate labels/ }).click();
    const votes = section(page, 'Votes');
    await expect(votes.getByText('Leaves 100 of 100 answered sentences labelled')).toBeVisible();
    await votes.getByRole('radio', { name: /^Leave sentences unlabelled/ }).check();
    await votes.getByRole('combobox').selectOption('3 of 3 answers');
    const alike = await votes.getByRole('row', { name: '3 of 3 alike' }).getByRole('cell').last().innerText();
    const [agreed = ''] = alike.split(' ');
    expect(Number(agreed)).toBeGreaterThan(50);
    expect(Number(agreed)).toBeLessThan(100);
    await expect(votes.getByText(`Leaves ${agreed} of 100 answered sentences labelled`)).toBeVisible();
    await votes.getByRole('button', { name: /^Put these labels into/ }).click();
    await expect(page.getByText(`${String(100 - Number(agreed))} sentences of`)).toBeVisible();
    await review.getByRole('combobox', { name: 'Dataset to review' }).selectOption({ index: 0 }); // the newest
    await review.getByRole('checkbox', { name: 'exact ones too' }).uncheck();
    const unsure = `Review ${String(100 - Number(agreed))} sentences`;
    await expect(review.getByRole('button', { name: unsure })).toBeVisible();
    await accessible(page);
  });

  await test.step('by files: requests out, a chat’s answer pasted back', async () => {
    await openStep(page, 'Teacher');
    await page.getByRole('radio', { name: /^By files/ }).check();
    await page.getByRole('radio', { name: /^Chat window/ }).check();
    await page.getByRole('button', { name: 'Write 100 requests' }).click();
    await expect(page.getByText('5 texts.')).toBeVisible();
    await page.getByText('Look at it').first().click();
    const asked = await page.locator('pre', { hasText: 'Below are 20 sentences' }).first().innerText();
    const id = /^\[(\S+)\] /m.exec(asked)?.[1] ?? '';
    const answer = `Sure!\n{"id": "${id}", "entities": [{"text": "Nobody Known", "type": "PER"}]}`;
    await page.getByRole('textbox', { name: 'or paste what was answered' }).fill(answer);
    await page.getByRole('button', { name: 'Take these answers' }).click();
    await expect(page.getByText('1 new answer. 99 requests still without an answer.')).toBeVisible();
    await page.getByText('1 warning').click();
    await expect(page.getByText('“Nobody Known” (PER) is nowhere in sentence')).toBeVisible();
    await page.setViewportSize({ width: 360, height: 740 });
    await accessible(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide).toBeLessThanOrEqual(0);
  });
});
