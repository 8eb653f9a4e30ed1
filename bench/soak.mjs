// Whether the app keeps a steady hold of memory over a long run: page, worker and wasm heap together, as Chromium counts them.
//
//     npx vite build && node bin/vermeil serve --port 4173 &
//     node bench/soak.mjs [ADDRESS] [STEPS]        http://localhost:4173 and 5000 unless told otherwise; some minutes
//
// Each step adds a point to the curve, which the page, the worker and the stored run hold: that may grow, by under 1 KB a step.
// Exits 1 where memory grew by more from the first half of the run to the second.
import { openAppPage, startRun, stepShown } from './support/appPage.mjs';

const [address = 'http://localhost:4173', wanted = '5000'] = process.argv.slice(2);
const steps = Number(wanted);
const bytesAStep = 1000;

const { browser, page } = await openAppPage(address, { flags: ['--js-flags=--expose-gc'] });
await startRun(page, { Steps: steps, Batch: 1, Layers: 1 });
const end = page.getByRole('link', { name: 'See the result' });
const rows = [];
while (!(await end.isVisible())) {
  await page.waitForTimeout(500);
  const step = await stepShown(page);
  if (step < ((rows.length + 1) * steps) / 10 - 1 || step >= steps) continue;
  // Else buffers of snapshots that nobody holds any more are counted.
  for (const place of [page, ...page.workers()]) await place.evaluate(() => globalThis.gc());
  // For cross-origin isolated pages only, which `vermeil serve` makes them.
  const { bytes, breakdown } = await page.evaluate(() => performance.measureUserAgentSpecificMemory());
  const worker = breakdown
    .filter(({ attribution }) => attribution.some(({ scope }) => scope === 'DedicatedWorkerGlobalScope'))
    .reduce((sum, part) => sum + part.bytes, 0);
  rows.push({ step, bytes });
  console.log(`step ${step}: ${(bytes / 1e6).toFixed(1)} MB, of which ${(worker / 1e6).toFixed(1)} MB in workers`);
}
await browser.close();
// A snapshot on its way to the disk adds 60 to 80 MB for a moment: the least of each half is held against the other.
const least = (part) => part.reduce((a, b) => (b.bytes < a.bytes ? b : a));
const [early, late] = [rows.filter(({ step }) => step <= steps / 2), rows.filter(({ step }) => step > steps / 2)];
const [first, last] = [least(early), least(late)];
const grown = (last.bytes - first.bytes) / (last.step - first.step);
console.log(`from step ${first.step} to ${last.step}: ${grown.toFixed(0)} bytes a step`);
process.exitCode = grown <= bytesAStep ? 0 : 1;
