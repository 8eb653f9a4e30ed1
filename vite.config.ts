import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { bundleScript } from './scripts/bundle-script.mjs';

const tfjsWasm = 'node_modules/@tensorflow/tfjs-backend-wasm/wasm-out';
const wasmNames = ['', '-simd', '-threaded-simd'].map((kind) => `tfjs-backend-wasm${kind}.wasm`);

/** Lays tfjs' wasm files in `wasm/` under their own names: tfjs picks one of the folder when it starts. */
const wasmFolder: Plugin = {
  name: 'vermeil-wasm-folder',
  async generateBundle() {
    for (const name of wasmNames) {
      this.emitFile({ type: 'asset', fileName: `wasm/${name}`, source: await readFile(join(tfjsWasm, name)) });
    }
  },
  configureServer(server) {
    server.middlewares.use('/wasm/', (request, response, next) => {
      const name = wasmNames.find((known) => request.url === `/${known}`);
      if (name === undefined) {
        next();
        return;
      }
      response.setHeader('Content-Type', 'application/wasm');
      void readFile(join(tfjsWasm, name)).then((file) => response.end(file));
    });
  },
};

/**
 * tfjs-wasm hands the source text of its threaded factory to the threads, so that text may lean on nothing outside it. It
 * leans on `_scriptDir`, behind a `typeof` that a minifier takes for needless: every thread then ends in a ReferenceError.
 * Only pages that load the factory as a script of their own need that variable.
 */
const selfContainedThreads: Plugin = {
  name: 'vermeil-self-contained-threads',
  transform(code, id) {
    if (!id.includes('tfjs-backend-wasm-threaded-simd.js')) return null;
    const mended = code
      .replace('typeof _scriptDir !== "undefined" && _scriptDir', 'false')
      .replace('Module["mainScriptUrlOrBlob"]||_scriptDir', 'Module["mainScriptUrlOrBlob"]');
    if (mended.split('_scriptDir').length !== 5) this.error('tfjs-wasm has changed: look at how its threads start');
    return { code: mended, map: null };
  },
};

/** The script that writes the page's policy: classic, in the head, before all else. The development server does without. */
const bootScript: Plugin = {
  name: 'vermeil-boot-script',
  apply: 'build',
  transformIndexHtml: () => [{ tag: 'script', attrs: { src: './boot.js' }, injectTo: 'head-prepend' }],
  async generateBundle() {
    const { code } = await bundleScript('src/offline/boot.ts');
    this.emitFile({ type: 'asset', fileName: 'boot.js', source: code });
  },
};

/**
 * The service worker, and in it every file of the build with its digest. The checkpoint is left out: it is too big to be
 * fetched anew with every version, and the app keeps it in its database.
 */
const serviceWorker: Plugin = {
  name: 'vermeil-service-worker',
  apply: 'build',
  async writeBundle({ dir = 'dist' }) {
    const paths = (await readdir(dir, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((path) => !path.startsWith('models/') && !path.endsWith('.map') && path !== 'serviceWorker.js')
      .sort();
    const digest = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
    const digests = Object.fromEntries(
      await Promise.all(paths.map(async (path) => [path, digest(await readFile(join(dir, path)))] as const)),
    );
    const files = { version: digest(JSON.stringify(digests)).slice(0, 16), digests };
    const { code } = await bundleScript('src/offline/serviceWorker/serviceWorker.ts', {
      define: { __APP_FILES__: JSON.stringify(files) },
    });
    await writeFile(join(dir, 'serviceWorker.js'), code);
  },
};

export default defineConfig({
  // Relative, so that the built folder works under any path of any host.
  base: './',
  plugins: [svelte(), wasmFolder, bootScript, serviceWorker],
  worker: { format: 'es', plugins: () => [selfContainedThreads] },
  build: {
    target: 'es2022',
    sourcemap: true,
    // tfjs with its three backends is one chunk of the worker, loaded once and kept.
    chunkSizeWarningLimit: 3000,
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  server: {
    headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
  },
});
