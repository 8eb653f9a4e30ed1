// Takes the GPU process away from a run in Chromium, and tells what the run does: three times with the flags that let an adapter
// come back each time, and without them, where the browser gives none after the second.
//
//     npx vite build && node bin/vermeil serve --port 4173 &
//     node bench/lost.mjs [ADDRESS]        http://localhost:4173 unless told otherwise; about two minutes on SwiftShader
//
// Exits 1 where the run does not go on by itself to the curve of an undisturbed one, or does not say "restart the browser".
import { openAppPage, startRun, stepShown } from './support/appPage.mjs';

const address = process.argv[2] ?? 'http://localhost:4173';
const steps = 24;

/** The runs in the page's database, oldest first. */
const stored = (page) =>
  page.evaluate(async () => {
    const result = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const database = await result(indexedDB.open('vermeil'));
    const runs = await result(database.transaction('runs').objectStore('runs').getAll());
    database.close();
    return runs.sort((a, b) => a.createdMs - b.createdMs).map(({ status, curve }) => ({ status, curve }));
  });

/** Crashes the GPU process each time that a step of `at` is reached, until the run has ended in the page; what it said. */
async function crashed(flags, at) {
  const { browser, page } = await openAppPage(address, { flags, device: 'Graphics' });
  const devtools = await browser.newBrowserCDPSession();
  const run = page.getByRole('region', { name: 'The run' });
  const over = run.getByRole('link', { name: 'See the result' }).or(run.getByRole('alert'));
  await startRun(page, { Steps: steps, Batch: 1, Layers: 1 });
  const startedAt = performance.now();
  let crashes = 0;
  while (!(await over.isVisible())) {
    if (performance.now() - startedAt > 300_000) throw new Error('the run did not end');
    if (crashes < at.length && (await stepShown(page)) >= at[crashes]) {
      await devtools.send('Browser.crashGpuProcess').catch(() => undefined); // it ends before it answers
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
