// @ts-check
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { chromiumFlags, findChromium } from '../scripts/find-chromium.mjs';
import { ensureCliBuilt } from '../scripts/build-cli.mjs';

/**
 * How light the page opens, on a processor slowed down four times (Chromium's own throttling), with nothing cached:
 *
 *     npx vite build && node bench/light.mjs [--folder dist] [--loads 7]
 *
 * "first paint" is the browser's first-contentful-paint. "usable" is the time from the start of the navigation until the button of
 * the Start page is there, a click on another place has been answered, and that place is drawn. Median, least and most.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: { folder: { type: 'string', default: 'dist' }, loads: { type: 'string', default: '7' } },
});
await ensureCliBuilt();
const { serveFolder } = await import(pathToFileURL(join(root, 'dist-cli/staticServer.mjs')).href);
const server = await serveFolder({ folder: join(root, values.folder), port: 0, host: 'localhost' });
const executablePath = findChromium();
const browser = await chromium.launch({ ...(executablePath === null ? {} : { executablePath }), args: chromiumFlags });

/** @type {{ paint: number, usable: number }[]} */
const loads = [];
for (let i = 0; i < Number(values.loads); i++) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.addInitScript(() => {
    const look = () => {
      const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector('nav a[href="#/train"]'));
      const heading = document.querySelector('h1')?.textContent ?? '';
      const button = document.querySelector('main button.main');
      if (heading === 'Train') {
        requestAnimationFrame(() => performance.mark('usable'));
        return;
      }
      if (link !== null && button !== null) link.click();
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(server.url);
  await page.waitForFunction(() => performance.getEntriesByName('usable').length > 0);
  loads.push(
    await page.evaluate(() => ({
      paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
      usable: performance.getEntriesByName('usable')[0]?.startTime ?? NaN,
    })),
  );
  await context.close();
}
await browser.close();
await server.close();

for (const what of /** @type {const} */ (['paint', 'usable'])) {
  const sorted = loads.map((load) => load[what]).sort((a, b) => a - b);
  const at = (/** @type {number} */ share) =>
    `${(sorted[Math.round(share * (sorted.length - 1))] ?? NaN).toFixed(0)} ms`;
  console.log(
    `${what === 'paint' ? 'first paint' : 'usable'}: ${at(0.5)} (${at(0)} to ${at(1)}), ${String(sorted.length)} loads`,
  );
}
