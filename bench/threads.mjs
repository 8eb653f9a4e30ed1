// @ts-check
/**
 * Our wasm kernels on 1, 2, … threads against tfjs-wasm's products on as many, in workers of a cross-origin isolated page of a
 * real browser: operation by operation, then whole training steps of MiniLM's width. Workers take turns, so that a machine that
 * is busy for a while slows all of them; waiting ones sleep. “apart” is what as many workers of one thread make at the same time,
 * each its own: more the machine does not give (two of its processors may be one core, and others may use them).
 *
 *     node bench/threads.mjs [--rounds 5] [--threads 1,2,4]
 */
import { fileURLToPath } from 'node:url';
import { cpus, loadavg } from 'node:os';
import { chromium } from '@playwright/test';
import { createServer } from 'vite';
import { chromiumFlags, findChromium } from '../scripts/find-chromium.mjs';
import { median, optionsOf } from './support/sources.mjs';

const { rounds, threads } = optionsOf({ rounds: 5, threads: '1,2,4' });
const counts = String(threads).split(',').map(Number);
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
  const page = await browser.newPage();
  page.on('console', (message) => message.type() === 'error' && console.error(message.text()));
  await page.goto(`${address}bench/parity.html`);
  if (!(await page.evaluate(() => crossOriginIsolated))) throw new Error('the page is not isolated');

  const contenders = [];
  for (const count of counts) contenders.push({ side: 'ours', ...(await open('ours', count)) });
  for (const count of counts.filter((many) => many > 1)) {
    const apart = [];
    for (let i = 0; i < count; i++) apart.push(await open('ours', 1));
    const workers = apart.flatMap((one) => one.workers);
    contenders.push({ ...apart[0], side: 'apart', workers, adapter: `${String(count)} apart` });
  }
  for (const count of counts) contenders.push({ side: 'tfjs', ...(await open('tfjs', count)) });
  const { pieces, rows, operations } = contenders[0];
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, ${rounds} rounds`);
  console.log(`${pieces} pieces in ${rows} rows; min / median ms\n`);
  console.log(
    `| | ${contenders.map(({ adapter }) => adapter).join(' | ')} |\n|${' --- |'.repeat(contenders.length + 1)}`,
  );
  for (const [number, { what, flops }] of operations.entries()) {
    const isProduct = flops !== undefined;
    const sides = contenders.filter(({ side }) => side !== 'tfjs' || isProduct);
    const times = await inTurn(sides, { kind: 'operation', number });
    const rate = (/** @type {number} */ ms) => (isProduct ? `, ${(flops / ms / 1e6).toFixed(1)} GFLOP/s` : '');
    console.log(`| ${what} | ${times.map((ms) => `${cell(ms)}${rate(Math.min(...ms))}`).join(' | ')} |`);
  }
  const ours = contenders.filter(({ side }) => side !== 'tfjs');
  for (const layers of [2, 6]) {
    const times = await inTurn(ours, { kind: 'step', layers });
    const speed = (/** @type {number} */ ms) => `, ${((1000 * pieces) / ms).toFixed(0)} pieces/s`;
    console.log(`| step, ${layers} layers | ${times.map((ms) => `${cell(ms)}${speed(median(ms))}`).join(' | ')} |`);
  }
  console.log(`\nload ${loadavg()[0]?.toFixed(1)}`);

  /** @param {string} side @param {number} count */
  async function open(side, count) {
    const worker = await page.evaluateHandle(
      () => new Worker(new URL('/bench/threadsWorker.ts', location.href), { type: 'module' }),
    );
    return { workers: [worker], ...(await ask(worker, { kind: 'open', side, threads: count })) };
  }

  /** @param {import('@playwright/test').JSHandle} worker @param {object} asked @returns {Promise<any>} */
  function ask(worker, asked) {
    return worker.evaluate(
      (/** @type {Worker} */ to, what) =>
        new Promise((resolve, reject) => {
          to.onmessage = (event) => resolve(event.data);
          to.onerror = (event) => reject(new Error(event.message));
          to.postMessage(what);
        }),
      asked,
    );
  }

  /** Milliseconds of each round of each contender. @param {any[]} sides @param {object} asked @returns {Promise<number[][]>} */
  async function inTurn(sides, asked) {
    const times = sides.map(() => /** @type {number[]} */ ([]));
    for (let round = -1; round < rounds; round++) {
      for (const [i, { workers }] of sides.entries()) {
        const each = await Promise.all(workers.map((/** @type {any} */ worker) => ask(worker, asked)));
        const rate = each.reduce((sum, ms) => sum + 1 / ms, 0);
        if (round >= 0) times[i]?.push(1 / rate);
      }
    }
    return times;
  }
} finally {
  await browser.close();
  await server.close();
}

/** @param {number[]} ms */
function cell(ms) {
  return `${Math.min(...ms).toFixed(3)} / ${median(ms).toFixed(3)}`;
}
