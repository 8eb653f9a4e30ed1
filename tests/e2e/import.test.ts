import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { accessible } from './support/looks.ts';
import { readStored } from './support/stored.ts';

const lineOf = (text: string, label = 'PERSON') =>
  JSON.stringify({ text, spans: [{ start: 0, end: text.indexOf(' '), label }] });
const training = [lineOf('Ada spoke.'), lineOf('Ada spoke.'), lineOf('Rome fell.', 'GPE'), '{"text": "no end'].join(
  '\n',
);

/** Drops files on the window, as an event of the page's own making. */
async function drop(page: Page, files: Readonly<Record<string, string>>): Promise<void> {
  const transfer = await page.evaluateHandle((dropped) => {
    const data = new DataTransfer();
    for (const [name, content] of Object.entries(dropped)) data.items.add(new File([content], name));
    return data;
  }, files);
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

test('a mixed lot of files is dropped, mapped, mended, added, and still there after a reload', async ({ page }) => {
  await page.goto('./#/data');
  await expect(page.getByRole('button', { name: 'Pick files' })).toBeVisible();
  await drop(page, {
    'people.jsonl': training,
    'people-test.conll': 'Rome B-GPE\nfell O\n. O\n\nBob I-PERSON\n\nEve B-PERSON\n\nPisa B-GPE\n',
    'broken.bin': '\0\u0001\0',
  });
  const preview = page.getByRole('region', { name: 'Look before you add' });
  const people = preview
    .getByRole('listitem')
    .filter({ has: page.getByRole('button', { name: 'Leave out people.jsonl' }) });
  const judge = preview
    .getByRole('listitem')
    .filter({ has: page.getByRole('button', { name: 'Leave out people-test.conll' }) });
  await expect(people.getByText('3 sentences')).toBeVisible();
  await expect(preview.getByText(/broken\.bin holds no text/)).toBeVisible();
  await expect(judge.getByText('UTF-8 · tags are IOB2')).toBeVisible();
  await expect(people.getByText('Sentences that occur twice 1')).toBeVisible();
  await people.getByText('1 error', { exact: true }).click();
  await expect(people.getByRole('row', { name: /^line 4 .*no end/ })).toBeVisible();
  await accessible(page);

  await judge.getByRole('combobox', { name: 'I- tags that continue nothing' }).selectOption('leave');
  await expect(judge.getByText('GPE 2 · PERSON 1')).toBeVisible();
  for (const file of [people, judge]) {
    await file.getByText('Change labels').click();
    await file.getByRole('combobox', { name: 'Usual mappings' }).selectOption('OntoNotes to CoNLL-2003');
  }
  await expect(people.getByText('PER 2 · LOC 1')).toBeVisible();
  const downloading = page.waitForEvent('download');
  await people.getByRole('button', { name: /^Findings as CSV/ }).click();
  const csv = await readFile(await (await downloading).path(), 'utf8');
  expect(csv).toContain('people.jsonl,4,malformed-line,error,');
  for (const rule of [/The first is kept/, /removed from training/]) {
    await people.getByRole('checkbox', { name: rule }).check();
  }
  await page.setViewportSize({ width: 360, height: 740 });
  const [needed, room] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(needed).toBeLessThanOrEqual(room);
  await page.screenshot({ path: 'test-results/shots/import-light-360.png', fullPage: true });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: 'test-results/shots/import-dark-1440.png', fullPage: true });

  await preview.getByRole('button', { name: 'Add 2 datasets' }).click();
  for (const reloaded of [false, true]) {
    if (reloaded) await page.reload();
    await expect(page.getByRole('row', { name: /people .*PER 1/ })).toBeVisible();
    await expect(page.getByRole('row', { name: /people-test .*4.*3.*LOC 2 · PER 1/ })).toBeVisible();
  }
  await page
    .getByRole('row', { name: /people .*PER 1/ })
    .getByText(/1 error, 3 notes/)
    .click();
  await expect(page.getByText('Labels that were mapped').first()).toBeVisible();

  // What the reader found leads to its sentence.
  await page.getByRole('link', { name: 'people-test' }).click();
  await page.getByText('More filters, and what stands beside').click();
  await page.getByRole('combobox', { name: 'Only with the finding' }).selectOption('illegal-opening');
  const rows = page.getByRole('list', { name: 'Sentences' }).getByRole('listitem');
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('Bob');
  await page.screenshot({ path: 'test-results/shots/finding-dark-1440.png', fullPage: true });
  await rows.getByRole('button').click();
  const findings = page.getByRole('dialog').getByRole('list', { name: 'Findings' });
  await expect(findings.getByText('I- tags that continue nothing')).toBeVisible();
});

test('a folder of the disk is dropped: its files come in by their paths, hidden ones stay out', async ({
  page,
}, info) => {
  const folder = info.outputPath('corpus');
  await mkdir(join(folder, 'deep', 'test'), { recursive: true });
  await mkdir(join(folder, '.git'));
  await writeFile(join(folder, 'train.jsonl'), lineOf('Ada spoke.'));
  await writeFile(join(folder, 'deep', 'test', 'people.conll'), 'Bob B-PERSON\nran O\n');
  await writeFile(join(folder, '.DS_Store'), 'left behind');
  await writeFile(join(folder, '.git', 'config'), 'left behind');
  // More than the hundred entries that Chromium gives at a time.
  const many = Array.from({ length: 105 }, (_, i) => `part-${String(i)}.jsonl`);
  await mkdir(join(folder, 'parts'));
  await Promise.all(many.map((name) => writeFile(join(folder, 'parts', name), lineOf(`Eve ${name}`))));

  await page.goto('./#/data');
  await expect(page.getByRole('button', { name: 'Pick files' })).toBeVisible();
  const devtools = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    const data = { items: [], files: [folder], dragOperationsMask: 1 };
    await devtools.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  }
  const preview = page.getByRole('region', { name: 'Look before you add' });
  await expect(preview.getByRole('button', { name: 'Add 107 datasets' })).toBeEnabled({ timeout: 60_000 });
  await expect(preview.getByRole('button', { name: 'Leave out corpus/train.jsonl' })).toBeVisible();
  await expect(preview.getByRole('button', { name: 'Leave out corpus/deep/test/people.conll' })).toBeVisible();
  await expect(preview.getByText(/DS_Store|config/)).toHaveCount(0);
});

/** How many chunks of sentences are stored, and how many of them belong to no dataset. */
async function chunksStored(page: Page): Promise<{ readonly all: number; readonly staged: number }> {
  const held = await readStored(page, { datasets: 'keys', sentences: 'keys' });
  const { datasets = [], sentences = [] } = await held.jsonValue();
  const staged = (sentences as readonly [string, number][]).filter(([id]) => !datasets.includes(id));
  return { all: sentences.length, staged: staged.length };
}

test('a tab closed in the middle of an import: what was there stays whole, the rest is swept', async ({
  page,
  context,
}) => {
  await page.goto('./#/data');
  const files = (on: Page) => on.getByLabel('Files to add');
  await expect(files(page)).toBeAttached();
  const old = { name: 'old.jsonl', mimeType: 'text/plain', buffer: Buffer.from(lineOf('Ada spoke.')) };
  await files(page).setInputFiles([old]);
  await page.getByRole('button', { name: 'Add 1 dataset' }).click();
  await expect(page.getByRole('link', { name: 'old' })).toBeVisible();

  const many = Array.from({ length: 120_000 }, (_, i) => lineOf(`Ada spoke ${String(i)} times of it.`)).join('\n');
  await files(page).setInputFiles([{ name: 'many.jsonl', mimeType: 'text/plain', buffer: Buffer.from(many) }]);
  await expect.poll(async () => (await chunksStored(page)).staged).toBeGreaterThan(2);
  await expect(page.getByText('Reading files…')).toBeVisible();
  await page.close();

  const next = await context.newPage();
  await next.goto('./#/data');
  await expect(next.getByText(/1 dataset · 1 sentence/)).toBeVisible();
  await expect.poll(() => chunksStored(next)).toEqual({ all: 1, staged: 0 });
  await files(next).setInputFiles([{ ...old, name: 'more.jsonl', buffer: Buffer.from(lineOf('Eve spoke.')) }]);
  await next.getByRole('button', { name: 'Add 1 dataset' }).click();
  await expect(next.getByText(/2 datasets · 2 sentences/)).toBeVisible();
});

test('no room in the middle of an import: nothing is added, and it is said', async ({ playwright, baseURL }, info) => {
  // The quota can be set for profiles on the disk alone, not for those in memory that tests have otherwise.
  const context = await playwright.chromium.launchPersistentContext(info.outputPath('profile'), {
    ...info.project.use.launchOptions,
    baseURL: baseURL ?? '',
  });
  const page = await context.newPage();
  await page.goto('./icons/vermeil.svg'); // of the origin, and stores nothing yet
  const devtools = await context.newCDPSession(page);
  const { origin } = new URL(page.url());
  // Before the first write: Chromium asks again only after a while.
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 2_000_000 });
  await page.goto('./#/data');
  const files = page.getByLabel('Files to add');
  await expect(files).toBeAttached();
  await files.setInputFiles([{ name: 'old.jsonl', mimeType: 'text/plain', buffer: Buffer.from(lineOf('Ada spoke.')) }]);
  await page.getByRole('button', { name: 'Add 1 dataset' }).click();
  await expect(page.getByRole('link', { name: 'old' })).toBeVisible();

  // Chromium compresses what it stores: only text without pattern takes its room.
  const noise = () => randomBytes(90).toString('base64').replaceAll(/[+/]/g, ' ');
  const many = Array.from({ length: 20_000 }, () => lineOf(`Ada ${noise()}`)).join('\n');
  await files.setInputFiles([{ name: 'many.jsonl', mimeType: 'text/plain', buffer: Buffer.from(many) }]);
  await expect(page.getByText(/There is no room left to save/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('button', { name: 'Add 0 datasets' })).toBeDisabled();

  await page.reload();
  await expect(page.getByRole('link', { name: 'old' })).toBeVisible();
  await expect(page.getByText(/1 dataset · 1 sentence/)).toBeVisible();

  await context.close();
});
