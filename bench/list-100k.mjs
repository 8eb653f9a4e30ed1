// How much script a frame of scrolling costs in the list of 100,000 sentences, and how many rows are in the page.
//
//     npx vite build && node bench/list-100k.mjs [--sentences 100000] [--frames 240] [--dist dist]
//
// The sentences are written straight into IndexedDB, half of them with two entities; lengths vary from 4 to 60 words. Script is
// what the trace of Chromium calls function calls, microtasks, event listeners and the like, in processor time of the page's
// thread, by the animation frame in which it begins. The bounds: at most 100 rows, at most 8 ms a frame at the 95th
// percentile; exits 1 beyond them. An edit is timed from the key to the frame that shows it, and to its being stored.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { chromium } from '@playwright/test';
import { findChromium } from '../scripts/find-chromium.mjs';
import { optionsOf } from './support/sources.mjs';

const options = optionsOf({ sentences: 100_000, frames: 240, dist: 'dist' });
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };
const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://x').pathname;
  readFile(join(options.dist, path === '/' ? 'index.html' : path)).then(
    (bytes) => response.writeHead(200, { 'content-type': types[extname(path) || '.html'] ?? 'text/plain' }).end(bytes),
    () => response.writeHead(404).end(),
  );
});
await new Promise((resolve) => server.listen(0, 'localhost', resolve));
const url = `http://localhost:${server.address().port}/`;
const browser = await chromium.launch({ executablePath: findChromium() ?? undefined });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });

await page.goto(`${url}#/data`);
await page.getByRole('heading', { level: 1 }).waitFor();
await page.evaluate(fill, options.sentences);
await page.reload();
const began = performance.now();
await page.getByRole('link', { name: 'many' }).click();
await page.locator('li[data-row]').first().waitFor();
console.log(`list of ${options.sentences} opened in ${(performance.now() - began).toFixed(0)} ms`);
const search = page.getByRole('searchbox', { name: 'Search text' });
const sought = performance.now();
await search.fill('w77');
await page.getByText('Show all').waitFor();
console.log(`searched in ${(performance.now() - sought).toFixed(0)} ms, 180 of them waiting for the next letter`);
await page.getByText('Show all').click();

const session = await page.context().newCDPSession(page);
const events = [];
session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
const results = [];
for (const [name, pixels] of [
  ['a wheel, 120 px a frame', 120],
  ['a flick, 900 px a frame', 900],
  ['the bar, 25,000 px a frame', 25_000],
]) {
  events.length = 0;
  await session.send('Tracing.start', { categories: 'devtools.timeline,v8,v8.execute,blink.user_timing' });
  const rows = await page.evaluate(scroll, { pixels, frames: options.frames });
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  const frames = scriptByFrame(events).sort((a, b) => a - b);
  const at = (share) => frames[Math.min(frames.length - 1, Math.floor(share * frames.length))];
  results.push({ rows, p95: at(0.95) });
  const times = [0.5, 0.95, 1].map((share) => at(share).toFixed(1)).join(' / ');
  console.log(`${name}: script ${times} ms (median / 95 % / most) in ${frames.length} frames; at most ${rows} rows`);
}
await page.locator('li[data-row] button').first().click();
await page.keyboard.press('ArrowRight');
const [shown, stored] = await page.evaluate(edit);
console.log(`an edit: shown after ${shown.toFixed(0)} ms, stored after ${stored.toFixed(0)} ms`);
await browser.close();
server.close();
process.exitCode = results.every(({ rows, p95 }) => rows <= 100 && p95 <= 8) ? 0 : 1;

/** In the page: scrolls once a frame; gives the most rows that were in the page. */
async function scroll({ pixels, frames }) {
  const box = document.querySelector('ol[aria-label="Sentences"]').parentElement;
  box.scrollTop = 0;
  let most = 0;
  for (let i = 0; i < frames; i++) {
    await new Promise(requestAnimationFrame);
    performance.mark('frame');
    box.scrollTop += pixels;
    most = Math.max(most, box.querySelectorAll('li').length);
  }
  return most;
}

/** In the page: gives a label by its digit; milliseconds until it is shown, and until it is stored. */
async function edit() {
  const began = performance.now();
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: '2', bubbles: true }));
  await new Promise(requestAnimationFrame);
  const shown = performance.now() - began;
  const saving = document.querySelector('dialog h2 + span');
  while (saving.textContent.trim() !== 'saved') await new Promise(requestAnimationFrame);
  return [shown, performance.now() - began];
}

/** Milliseconds of script on the page's thread from one mark to the next. */
function scriptByFrame(all) {
  const names = [
    'FunctionCall',
    'RunMicrotasks',
    'EventDispatch',
    'FireAnimationFrame',
    'TimerFire',
    'V8.GC',
    'MinorGC',
    'MajorGC',
  ];
  const marks = all.filter(({ name }) => name === 'frame');
  const { pid, tid } = marks[0];
  const script = all
    .filter((event) => event.pid === pid && event.tid === tid && event.ph === 'X' && names.includes(event.name))
    .sort((a, b) => a.ts - b.ts);
  const times = marks.map(({ ts }) => ts);
  const frames = times.slice(0, -1).map(() => 0);
  let [frame, end] = [0, 0];
  for (const { ts, dur, tdur } of script) {
    if (ts < times[0] || ts >= times.at(-1) || ts < end) continue; // within one that is counted
    end = ts + dur;
    while (times[frame + 1] <= ts) frame++;
    frames[frame] += (tdur ?? dur) / 1000;
  }
  return frames;
}

/** In the page: a dataset of many sentences, as the app stores them. */
async function fill(many) {
  const open = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const database = await open(indexedDB.open('vermeil'));
  const sentence = (i) => {
    const words = Array.from({ length: 4 + ((i * 37) % 57) }, (_, j) => `w${(i * 31 + j * 17) % 997}`);
    let at = 0;
    const ranges = words.map((word) => {
      const range = { start: at, end: at + word.length };
      at += word.length + 1;
      return range;
    });
    const spans =
      i % 2 === 0
        ? []
        : [
            { ...ranges[0], label: 'PER' },
            { ...ranges[2], label: 'ORG' },
          ];
    return { id: `s${i}`, text: words.join(' '), words: ranges, spans };
  };
  const transaction = database.transaction(['datasets', 'sentences'], 'readwrite');
  for (let chunk = 0; chunk * 1000 < many; chunk++) {
    const sentences = Array.from({ length: Math.min(1000, many - chunk * 1000) }, (_, i) => sentence(chunk * 1000 + i));
    transaction.objectStore('sentences').put({ datasetId: 'many', chunk, sentences });
  }
  const counts = { sentences: many, words: many * 32, labelled: many, labels: { PER: many / 2, ORG: many / 2 } };
  const rest = { findings: [], source: { fileName: '', format: '' }, notice: '', createdMs: 1 };
  transaction.objectStore('datasets').put({ id: 'many', name: 'many', role: 'gold', counts, ...rest });
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  database.close();
}
