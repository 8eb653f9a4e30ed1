import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, test } from '@playwright/test';
import { chromiumFlags, findChromium } from '../../scripts/find-chromium.mjs';
import { expect } from './support/fixtures.ts';
import { addSample, fill, finished } from './support/steps.ts';

/**
 * Hosts that Chromium asks by itself, on a blank page too: updates, sign-in, autofill, hints. No page of an app has a use for
 * them; fonts and scripts that an app might load come from others.
 */
const ofBrowser =
  /^(http:\/\/)?(update|accounts|content-autofill|optimizationguide-pa|safebrowsing|(android\.)?clients\d?|redirector|edgedl\.me)\.(google|googleapis|gvt1)\.com(:443)?$/;

/** A proxy that writes down where each request goes, and takes none to another place than `own`. */
async function startProxy(own: string): Promise<{ readonly server: Server; readonly origins: string[] }> {
  const origins: string[] = [];
  const server = createServer(({ url = '', method, headers }, response) => {
    const { origin } = new URL(url);
    origins.push(origin);
    if (origin !== own) {
      response.writeHead(403).end();
      return;
    }
    const onward = forward(url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end();
  });
  // What goes encrypted, and web sockets, only name their host.
  server.on('connect', ({ url = '' }, socket) => {
    origins.push(url);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origins };
}

test('the tour behind a proxy that sees all of the browser: sample, recorded teacher, training, export, and no request elsewhere', async ({
  baseURL,
}) => {
  const { origin } = new URL(baseURL ?? '');
  const { server, origins } = await startProxy(origin);
  const { port } = server.address() as AddressInfo;
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: [...chromiumFlags, `--proxy-server=http://127.0.0.1:${String(port)}`, '--proxy-bypass-list=<-loopback>'],
  });
  const page = await browser.newPage({ baseURL: origin, serviceWorkers: 'block' });

  await page.goto('./');
  await addSample(page);
  await page.goto('./#/annotate');
  await page.getByRole('button', { name: /^Replay the answers to/ }).click();
  await expect(page.getByRole('button', { name: 'Undo' }).first()).toBeVisible({ timeout: 60_000 });

  await page.goto('./#/train');
  await fill(page, { Steps: '2', Layers: '1', Batch: '2' });
  await page.getByRole('button', { name: /^Train 1 run/ }).click();
  await finished(page);

  await page.getByRole('button', { name: /^Back up/ }).click();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the bundle' }).click();
  expect((await saved).suggestedFilename()).toMatch(/\.zip$/);

  const fromPage = origins.filter((place) => !ofBrowser.test(place));
  expect(fromPage.length).toBeGreaterThan(10);
  expect([...new Set(fromPage)]).toEqual([origin]);

  // That the proxy would have told: a page without the app's policy reaches for another place.
  const other = await browser.newPage();
  await other.goto('data:text/html,<img src="http://elsewhere.test/pixel.png">');
  await expect.poll(() => origins).toContain('http://elsewhere.test');
  await browser.close();
  server.close();
});
