// @ts-check
import { chromium } from '@playwright/test';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findChromium } from './find-chromium.mjs';

/**
 * Takes the README's picture anew: serves the built app, trains on the whole sample as a new user would, and photographs the
 * page of the run. About a minute after `npm run build`.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const port = '4307';
const server = spawn(process.execPath, ['bin/vermeil', 'serve', '--port', port], { cwd: root, stdio: 'inherit' });
const executablePath = findChromium();
if (executablePath === null) throw new Error('no Chromium was found');
const browser = await chromium.launch({ executablePath, args: ['--headless=new', '--no-sandbox'] });
try {
  const page = await browser.newPage({ viewport: { width: 1360, height: 1000 }, colorScheme: 'light' });
  for (let tries = 0; ; tries++) {
    try {
      await page.goto(`http://localhost:${port}/`);
      break;
    } catch (error) {
      if (tries === 60) throw error;
      await page.waitForTimeout(500);
    }
  }
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await page.getByText('See the result').click({ timeout: 600_000 });
  await page
    .getByPlaceholder(/Senator/)
    .fill('Senator Ted Kennedy spoke in Boston about Medicare and the Peace Corps.');
  await page.getByRole('button', { name: 'Find names' }).click();
  await page.waitForTimeout(3000);
  await page.evaluate('window.scrollTo(0, 0); document.activeElement?.blur()');
  await page.screenshot({ path: `${root}docs/screenshot.png` });
} finally {
  await browser.close();
  server.kill();
}
