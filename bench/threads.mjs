// @ts-check
/**
 * Our matrix products, on one thread, against tfjs-wasm's, on several, in a cross-origin isolated page of a real browser: what
 * the tuner times when a run begins.
 *
 * Run: node bench/threads.mjs [rows] [threads …]     448 rows and 1, 2, 4 threads unless told otherwise.
 */
import { fileURLToPath } from 'node:url';
import { loadavg } from 'node:os';
import { chromium } from '@playwright/test';
import { createServer } from 'vite';
import { chromiumFlags, findChromium } from '../scripts/find-chromium.mjs';

const [rows = 448, ...counts] = process.argv.slice(2).map(Number);
const executablePath = findChromium();
if (executablePath === null) throw new Error('no Chromium was found: set CHROMIUM to one');
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const server = await createServer({
  root: fileURLToPath(new URL('..', import.meta.url)),
  configFile: false,
  logLevel: 'error',
  cacheDir: 'node_modules/.vite-bench', // not the tests', which are made anew where another set of packages was bundled
  optimizeDeps: {
    include: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-backend-webgpu'],
  },
  server: { port: 0, host: 'localhost', headers },
});
await server.listen();
const [address] = server.resolvedUrls?.local ?? [];
if (address === undefined) throw new Error('the server has no address');
const browser = await chromium.launch({ executablePath, headless: false, args: chromiumFlags });
try {
  console.log(`${rows} rows, load ${loadavg()[0]?.toFixed(1)}, GFLOP/s, best of three rounds`);
  for (const count of counts.length > 0 ? counts : [1, 2, 4]) {
    const page = await browser.newPage(); // tfjs starts its threads once in the life of a page
    page.on('console', (message) => message.type() === 'error' && console.error(message.text()));
    // tfjs-wasm 4.22 takes half of the cores that the browser tells, at most 4.
    await page.addInitScript((cores) => {
      Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => cores });
    }, 2 * count);
    await page.goto(`${address}bench/parity.html`);
    const { adapter, isolated, ours, tfjs } = await page.evaluate(async (size) => {
      const module = await import(/* @vite-ignore */ `${'/bench/threadsPage.ts'}`);
      return module.threads(size);
    }, rows);
    console.log(`${adapter}${isolated ? '' : ', not isolated'}: ours ${ours.toFixed(1)}, tfjs ${tfjs.toFixed(1)}`);
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
}
