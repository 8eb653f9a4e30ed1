// Takes the GPU process away from a run in Chromium, and tells what the run does: three times with the flags that let an adapter
// come back each time, and without them, where the browser gives none after the second.
//
//     npx vite build && node bin/vermeil serve --port 4173 &
//     node bench/lost.mjs [ADDRESS]        http://localhost:4173 unless told otherwise; about two minutes on SwiftShader
//
// Exits 1 where the run does not go on by itself to the curve of an undisturbed one, or does not say "restart the browser".
import { chromium } from '@playwright/test';
import { chromiumFlags, findChromium } from '../scripts/find-chromium.mjs';

const address = process.argv[2] ?? 'http://localhost:4173';
const steps = 24;
const executablePath = findChromium();

/** The runs in the page's database, oldest first. */
const stored = (page) =>
  page.evaluate(async () => {
    const result = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const database = await result(indexedDB.open('vermeil'));
    const runs = await result(database.transaction('runs').objectStore('runs').getAll());
    database.close();
    return runs.sort((a, b) => a.createdMs - b.createdMs).map(({ status, curve }) => ({ status, curve }));
  });

/** A page whose runs take the graphics card, with the sample's data. */
async function openPage(flags) {
  const browser = await chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: [...chromiumFlags, ...flags],
  });
  const page = await browser.newPage({ serviceWorkers: 'block' });
  page.setDefaultTimeout(120_000);
  await page.goto(`${address}/#/diagnostics`);
  await page.getByRole('radio', { name: /^Graphics/ }).check();
  await page.getByRole('link', { name: /^Data/ }).click();
  await page.getByRole('button', { name: 'Add the sample’s data' }).click();
  await page.getByRole('link', { name: 'speeches, test' }).waitFor();
  const devtools = await browser.newBrowserCDPSession();
  return { browser, page, crash: () => devtools.send('Browser.crashGpuProcess').catch(() => undefined) };
}

async function start(page) {
  await page.getByRole('link', { name: /^Train/ }).click();
  await page.getByText('All settings').click();
  const fields = { Steps: String(steps), Batch: '1', Layers: '1' };
  for (const [name, text] of Object.entries(fields)) {
    await page.getByRole('textbox', { name, exact: true }).fill(text);
    await page.keyboard.press('Tab');
  }
  await page.getByRole('button', { name: /^Train 1 run/ }).click();
}

const stepShown = (page) =>
  page
    .getByRole('progressbar', { name: 'Steps done' })
    .getAttribute('aria-valuenow')
    .then(Number, () => 0);

/** Crashes the GPU process each time that a step of `at` is reached, until the run has ended in the page; what it said. */
async function crashed(flags, at) {
  const { browser, page, crash } = await openPage(flags);
  const run = page.getByRole('region', { name: 'The run' });
  const over = run.getByRole('link', { name: 'See the result' }).or(run.getByRole('alert'));
  await start(page);
  const startedAt = performance.now();
  let crashes = 0;
  while (!(await over.isVisible())) {
    if (performance.now() - startedAt > 300_000) throw new Error('the run did not end');
    if (crashes < at.length && (await stepShown(page)) >= at[crashes]) {
      await crash();
      crashes++;
    }
    await page.waitForTimeout(200);
  }
  const [{ status, curve }] = await stored(page);
  const told = (await run.innerText()).split('\n').filter((line) => /lost|Restart/.test(line));
  await browser.close();
  return { status, curve, crashes, told, seconds: ((performance.now() - startedAt) / 1000).toFixed(0) };
}

const show = (what, { status, crashes, told, seconds }) =>
  console.log([`${what}: ${status} after ${String(crashes)} crashes, ${seconds} s`, ...told].join('\n  '));
const whole = await crashed([], []);
show('undisturbed', whole);
const lasting = await crashed(
  ['--disable-gpu-process-crash-limit', '--disable-domain-blocking-for-3d-apis'],
  [1, 9, 17],
);
show('an adapter comes back each time', lasting);
const same = JSON.stringify(lasting.curve) === JSON.stringify(whole.curve);
console.log(`its curve is ${same ? 'the same, bit for bit' : 'ANOTHER'}`);
const ended = await crashed([], [1, 9, 17]);
show('Chromium as it is', ended);
const isTold = ended.told.some((line) => line.includes('Restart the browser'));
process.exitCode = same && isTold ? 0 : 1;
