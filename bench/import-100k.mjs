// How long 100,000 sentences take from the file to the list, in Chromium, and whether the page can be used meanwhile.
//
//     npm run build && node bin/vermeil serve --port 4390 &
//     node bench/import-100k.mjs [--url http://localhost:4390/] [--sentences 100000]
//
// Prints the seconds until the preview with its checks stands, the seconds from "Add" to the list, and the longest task of the
// page in each part.
import { chromium } from '@playwright/test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumFlags, findChromium } from '../scripts/find-chromium.mjs';
import { optionsOf } from './support/sources.mjs';

const { url, sentences } = optionsOf({ url: 'http://localhost:4390/', sentences: 100_000 });
const words = 'the of a in government people nation year law work peace war trade land money power right state'.split(
  ' ',
);

/** A sentence of 25 words with two entities; no two are alike. */
function lineOf(i) {
  const middle = Array.from({ length: 21 }, (_, k) => words[(i * 7 + k * k + (i % 13) * k) % words.length]).join(' ');
  const [person, place] = [`Person${i}`, `Place${i % 997}`];
  const text = `${person} said ${middle} of ${place}.`;
  const at = text.length - place.length - 1;
  const spans = [
    { start: 0, end: person.length, label: 'PER' },
    { start: at, end: at + place.length, label: 'LOC' },
  ];
  return JSON.stringify({ id: String(i), text, spans });
}

const folder = await mkdtemp(join(tmpdir(), 'vermeil-import-'));
const file = join(folder, 'many.jsonl');
await writeFile(file, Array.from({ length: sentences }, (_, i) => lineOf(i)).join('\n'));
const executablePath = findChromium();
const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
  ...(executablePath === null ? {} : { executablePath }),
  args: chromiumFlags,
});
const page = await context.newPage();
await page.goto(`${url}#/data`);
await page.getByRole('button', { name: 'Pick files' }).waitFor();
await page.evaluate(() => {
  globalThis.longest = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
  }).observe({ entryTypes: ['longtask'] });
});
const longestTask = () => page.evaluate(() => [globalThis.longest, (globalThis.longest = 0)][0]);
const seconds = async (body) => {
  const since = performance.now();
  await body();
  return ((performance.now() - since) / 1000).toFixed(1);
};

const read = await seconds(async () => {
  await page.getByLabel('Files to add').setInputFiles(file);
  await page.getByText('Reading files…').waitFor();
  await page.getByText(/Reading files…|Looking for repeats/).waitFor({ state: 'detached', timeout: 120_000 });
});
console.log(`${sentences} sentences read, staged and checked: ${read} s, longest task ${await longestTask()} ms`);
const added = await seconds(async () => {
  await page.getByRole('button', { name: 'Add 1 dataset' }).click();
  await page.getByRole('link', { name: 'many' }).waitFor({ timeout: 120_000 });
});
console.log(`added and listed: ${added} s, longest task ${await longestTask()} ms`);
await context.close();
await rm(folder, { recursive: true });
