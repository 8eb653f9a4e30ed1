// @ts-check
/**
 * The shipped checkpoint and the tiny configs against PyTorch on webgpu, in a real browser.
 *
 * Run: node bench/parity.mjs [--gpu]     Without --gpu on SwiftShader: some minutes. With --gpu on the machine's adapter.
 * Prints the adapter, and the largest differences with their bounds; exit 1 where one is exceeded.
 */
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { createServer } from 'vite';
import { chromiumFlags, findChromium } from '../scripts/find-chromium.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const onGpu = process.argv.includes('--gpu');
const executablePath = findChromium();
if (executablePath === null) throw new Error('no Chromium was found: set CHROMIUM to one');

const server = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  server: { port: 0, host: 'localhost' },
});
await server.listen();
const [address] = server.resolvedUrls?.local ?? [];
if (address === undefined) throw new Error('the server has no address');

const browser = await chromium.launch({
  executablePath,
  headless: false, // the flags ask for the new headless mode, which has WebGPU
  args: onGpu ? chromiumFlags.filter((flag) => !flag.includes('swiftshader')) : chromiumFlags,
});
try {
  const page = await browser.newPage();
  page.on('console', (message) => console.error(message.text()));
  await page.goto(`${address}bench/parity.html`);
  const results = await page.evaluate(async () => {
    const { parity } = await import(/* @vite-ignore */ `${'/bench/parityPage.ts'}`);
    return parity();
  });
  console.log(`adapter: ${results.adapter}`);
  for (const { what, found, bound } of results.rows) {
    console.log(
      `${found <= bound ? 'ok  ' : 'FAIL'} ${what}: ${found.toExponential(2)} (bound ${bound.toExponential(0)})`,
    );
    if (!(found <= bound)) process.exitCode = 1;
  }
} finally {
  await browser.close();
  await server.close();
}
