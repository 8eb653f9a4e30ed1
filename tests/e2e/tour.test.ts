import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import type { Download, Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { lookEverywhere } from './support/looks.ts';
import { addSample, fill, finished, reached, stepShown } from './support/steps.ts';

const notice = 'All labels of this sample, gold and silver, were written by language models, none by people.';

/** Clicks and gives the file that the browser then saves. */
async function downloaded(page: Page, button: string): Promise<Download> {
  const waiting = page.waitForEvent('download', { timeout: 120_000 });
  await page.getByRole('button', { name: button }).click();
  return waiting;
}

interface Labelled {
  readonly id: string;
  readonly spans: readonly { readonly start: number; readonly end: number; readonly label: string }[];
}

function spansById(jsonl: string): Record<string, Labelled['spans']> {
  const lines = jsonl.split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => JSON.parse(line) as Labelled).map(({ id, spans }) => [id, spans]));
}

test('the sample from data to a model at home', async ({ page }, info) => {
  await test.step('data: the sample with its notice and its sentences', async () => {
    await addSample(page);
    await expect(page.getByText(notice)).toBeVisible();
    await expect(page.getByRole('row', { name: /speeches, teacher.*1,000.*1,213/ })).toBeVisible();
    await page.getByRole('link', { name: 'speeches, reference' }).click();
    await page.getByRole('checkbox', { name: /silver ≠ gold/ }).check();
    await expect(page.getByRole('status').filter({ hasText: 'of 200' })).toHaveText('6 of 200');
  });

  await test.step('train: few steps, live, paused, one step, gone on with', async () => {
    await page.goto('./#/train');
    await fill(page, { Steps: '16', 'Score dev every': '8', 'Learning rate': '1e-3', Batch: '8' });
    await page.getByRole('button', { name: /^Train 1 run/ }).click();
    await reached(page, 2);
    await expect(page.getByText(/ left/).first()).toBeVisible();
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect(page.getByRole('button', { name: 'Continue' })).toBeVisible();
    const paused = await stepShown(page);
    await page.getByRole('button', { name: 'One step' }).click();
    await reached(page, paused + 1);
    await page.waitForTimeout(600);
    expect(await stepShown(page)).toBe(paused + 1);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.goto('./#/data');
    await expect(page.getByRole('progressbar', { name: 'Progress of Simple mix, seed 0' })).toBeVisible();
    await expect(page).toHaveTitle(/^\d+ % · Data · Vermeil$/);
    await page.goto('./#/train');
    await finished(page);
    await expect(page.getByRole('img', { name: /^Dev F1: 0\.\d+ at step 16 of 16$/ })).toBeVisible();
  });

  await test.step('results: scores by label', async () => {
    await page.getByRole('link', { name: 'See the result' }).click();
    await expect(page.getByText(notice)).toBeVisible();
    const scores = page.getByRole('region', { name: 'By label, on test' });
    for (const [label, support] of [
      ['LOC', 144],
      ['MISC', 141],
      ['ORG', 76],
      ['PER', 34],
    ] as const) {
      await expect(scores.getByRole('row', { name: new RegExp(`^${label} .* ${String(support)}$`) })).toBeVisible();
    }
    await scores.getByRole('radio', { name: 'strict' }).check();
    await expect(scores.getByRole('row', { name: /^all entities .* 395$/ })).toBeVisible();
  });

  await test.step('results: a sentence tried', async () => {
    const text = 'The Congress met in America.';
    await page.getByRole('textbox', { name: 'A sentence to try' }).fill(text);
    await page.getByRole('button', { name: 'Find names' }).click();
    await expect(page.getByRole('listitem').filter({ hasText: /The\s+Congress/ })).toBeVisible({ timeout: 60_000 });
  });

  const zip = info.outputPath('model.zip');
  await test.step('results: the model as a Hugging Face folder', async () => {
    await (await downloaded(page, 'Download the model')).saveAs(zip);
    const files = unzipSync(await readFile(zip));
    for (const name of ['model.safetensors', 'config.json', 'tokenizer.json', 'vocab.txt', 'README.md']) {
      expect(Object.keys(files), name).toContain(name);
    }
    const config: unknown = JSON.parse(new TextDecoder().decode(files['config.json']));
    expect(config).toMatchObject({ architectures: ['BertForTokenClassification'], id2label: { 0: 'O', 1: 'B-LOC' } });
    const weights = files['model.safetensors'] ?? new Uint8Array();
    const length = new DataView(weights.buffer, weights.byteOffset).getUint32(0, true);
    const header = new TextDecoder().decode(weights.subarray(8, 8 + length));
    expect(header).toContain('"bert.encoder.layer.1.output.dense.weight"');
    expect(header).not.toContain('layer.2.');
    expect(header).not.toContain('pooler');
    expect(new TextDecoder().decode(files['README.md'])).toContain('written by language models');
  });

  await test.step('results: mistakes, and predictions equal to those of the command line', async () => {
    const download = await downloaded(page, 'Predictions, JSON lines');
    const path = info.outputPath('page.jsonl');
    await download.saveAs(path);
    await expect(page.getByRole('radio', { name: /^missed/ })).toBeVisible();
    const out = info.outputPath('command.jsonl');
    const input = 'public/samples/sotu/gold-test.jsonl';
    await promisify(execFile)('node', ['bin/vermeil', 'predict', '--model', zip, '--in', input, '--out', out]);
    const [ofPage, ofCommand] = [await readFile(path, 'utf8'), await readFile(out, 'utf8')].map(spansById);
    expect(Object.keys(ofPage ?? {})).toHaveLength(350);
    expect(ofPage).toEqual(ofCommand);
  });

  await test.step('every place, full: accessible, and fits a phone', async () => {
    await lookEverywhere(page, 'full');
  });
});
