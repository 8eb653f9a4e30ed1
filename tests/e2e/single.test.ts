import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { zipSync } from 'fflate';
import { chromium, expect, test, type BrowserContext, type Page } from '@playwright/test';
import { chromiumFlags, findChromium } from '../../scripts/find-chromium.mjs';
import { tinyCheckpoint } from '../support/tinyCheckpoint.ts';
import { addSample, fill, finished } from './support/steps.ts';

/**
 * The one-file app, opened from file:// in a browser that has no flag for files. Every
 * request is noted: there must be none but for the file itself.
 */
let folder: string;
let app: string;
let context: BrowserContext;
const asked: string[] = [];

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vermeil-single-'));
  const file = process.env['VERMEIL_SINGLE'] ?? join(folder, 'vermeil.html');
  if (process.env['VERMEIL_SINGLE'] === undefined) {
    await promisify(execFile)('node', [resolve('scripts/build-single.mjs'), '--out', file]);
  }
  app = pathToFileURL(file).href;
  const executablePath = findChromium();
  context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    ...(executablePath === null ? {} : { executablePath }),
    args: chromiumFlags,
    baseURL: app,
  });
  context.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url())) asked.push(request.url().split('#', 1)[0] ?? '');
  });
});
test.afterAll(async () => {
  await context.close();
  await rm(folder, { recursive: true, force: true });
});

/** The page and what went wrong on it. */
async function open(): Promise<{ page: Page; errors: string[] }> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(app);
  return { page, errors };
}

/** The tiny model reads 32 pieces at once. */
const small = { 'Longest window': '32', Batch: '8' };

/** Asks for a device and for a few steps on it. */
async function train(page: Page, device: 'Graphics' | 'Processor', settings: Record<string, string>): Promise<void> {
  await page.goto('#/diagnostics');
  await page.getByRole('radio', { name: new RegExp(`^${device}`) }).check();
  await page.goto('#/train');
  await fill(page, settings);
  await page.getByRole('button', { name: /^Train 1 run/ }).click();
}

test('the sample on wasm, then a small model on WebGPU, from one file', async () => {
  const { page, errors } = await open();
  await expect(page.getByText(/^wasm · 1 thread\b/).first(), 'no page of file:// is isolated').toBeVisible({
    timeout: 60_000,
  });
  await addSample(page);
  await train(page, 'Processor', { ...small, Steps: '4' });

  const dialog = page.getByRole('dialog', { name: 'Bring the model once' });
  const zip = {
    name: 'tiny.zip',
    mimeType: 'application/zip',
    buffer: Buffer.from(zipSync(Object.fromEntries(tinyCheckpoint()))),
  };
  await dialog.getByLabel('A zip, or the single files').setInputFiles({ ...zip, buffer: zip.buffer.subarray(0, 900) });
  await expect(dialog.getByRole('alert')).toContainText('tiny.zip');
  await dialog.getByLabel('A zip, or the single files').setInputFiles(zip);
  await expect(dialog).toBeHidden();
  await finished(page);

  await train(page, 'Graphics', { ...small, Steps: '20' });
  await finished(page);
  await page.getByRole('link', { name: 'See the result' }).click();
  await expect(page.getByText(/swiftshader/i).first()).toBeVisible();

  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.goto('#/results');
  const runs = page.getByRole('region', { name: 'Runs', exact: true });
  await expect(runs.getByRole('row', { name: /Simple mix/ })).toHaveCount(2);
  expect(errors).toEqual([]);
  expect([...new Set(asked)]).toEqual([app]);
  await page.close();
});

test('an older copy that meets the data of a newer one says so and touches nothing', async () => {
  // All pages of file:// share one IndexedDB: this one stands for a newer Vermeil in another folder.
  const newer = join(folder, 'newer.html');
  await writeFile(newer, '<!doctype html><title>newer</title>');
  const page = await context.newPage();
  await page.goto(pathToFileURL(newer).href);
  const seen = await page.evaluate(async () => {
    const [version, count] = await look(1000);
    return { version, count };

    /** Version of the database and the number of its runs; with a version it is raised to that. */
    function look(wanted?: number): Promise<[number, number]> {
      return new Promise((resolve, reject) => {
        const opening = indexedDB.open('vermeil', wanted);
        opening.onerror = () => reject(opening.error ?? new Error('not opened'));
        opening.onsuccess = () => {
          const database = opening.result;
          const counting = database.transaction('runs').objectStore('runs').count();
          counting.onsuccess = () => {
            resolve([database.version, counting.result]);
            database.close();
          };
        };
      });
    }
  });
  expect(seen).toEqual({ version: 1000, count: 2 });

  const older = await open();
  await expect(older.page.getByRole('alert')).toContainText('written by a newer version of Vermeil');
  expect(older.errors).toEqual([]);
  const versions = await page.evaluate(() => indexedDB.databases());
  expect(versions).toContainEqual({ name: 'vermeil', version: 1000 });
  await older.page.close();
  await page.close();
});
