// @ts-check
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { bundleScript } from './bundle-script.mjs';

/**
 * Builds the whole app as one HTML file that opens from file://, without a server or a network.
 *
 *     node scripts/build-single.mjs [--with-model] [--out FILE]
 *
 * Everything is inside: the page as one module script, the worker as one classic script, tfjs' wasm files, the sample, and with
 * `--with-model` the checkpoint (some 60 MB more). Files stand as base64 in script elements that no browser runs; the app
 * reads them by `src/state/ownFiles.single.ts`. The policy lets the page's own script run by its hash, and nothing else.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    'with-model': { type: 'boolean', default: false },
    out: { type: 'string', default: 'dist-single/vermeil.html' },
  },
});

/** @type {import('vite').Plugin} */
const filesInside = {
  name: 'vermeil-files-inside',
  enforce: 'pre',
  resolveId: (source) => (source === './ownFiles.ts' ? join(root, 'src/state/ownFiles.single.ts') : null),
};

const page = await bundleScript('src/ui/main.ts', { format: 'es', plugins: [filesInside, svelte()] });
const worker = await bundleScript('src/worker/entry.ts');
const boot = await bundleScript('src/offline/boot.ts');

/** @type {[path: string, bytes: Buffer][]} */
const files = [
  ['worker.js', Buffer.from(worker.code)],
  ...['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'].map((name) =>
    fileOf(`wasm/${name}`, join('node_modules/@tensorflow/tfjs-backend-wasm/wasm-out', name)),
  ),
  ...filesIn('samples/sotu'),
  ...(values['with-model'] ? filesIn('models/all-MiniLM-L6-v2').filter(([path]) => !path.endsWith('.md')) : []),
];
const script = safeInHtml(page.code);
const hash = `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
const icon = readFileSync(join(root, 'public/icons/vermeil.svg')).toString('base64');

const html = [
  ...['<!doctype html>', '<html lang="en">', '<head>', '<meta charset="utf-8" />'],
  `<script data-scripts="${hash}">${safeInHtml(boot.code)}</script>`,
  '<meta name="viewport" content="width=device-width, initial-scale=1" />',
  '<meta name="color-scheme" content="light dark" />',
  `<link rel="icon" type="image/svg+xml" href="data:image/svg+xml;base64,${icon}" />`,
  ...['<title>Vermeil</title>', `<style>${page.css}</style>`, '</head>', '<body>'],
  '<noscript>Vermeil trains a model in your browser, and needs JavaScript for it.</noscript>',
  '<div id="app"></div>',
  ...files.map(
    ([path, bytes]) =>
      `<script type="application/octet-stream" data-file="${path}">${bytes.toString('base64')}</script>`,
  ),
  `<script type="module">${script}</script>`,
  ...['</body>', '</html>', ''],
].join('\n');

const out = resolve(root, values.out);
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, html);
console.log(`${out}: ${(html.length / 1e6).toFixed(1)} MB, ${String(files.length)} files inside`);

/** What would end or comment out a script element, written so that it does not. @param {string} code */
function safeInHtml(code) {
  return code.replace(/<(?=\/script|!--)/gi, '\\x3C');
}

/** @param {string} path @param {string} from @returns {[string, Buffer]} */
function fileOf(path, from) {
  return [path, readFileSync(join(root, from))];
}

/** @param {string} folder */
function filesIn(folder) {
  return readdirSync(join(root, 'public', folder))
    .sort()
    .map((name) => fileOf(`${folder}/${name}`, join('public', folder, name)));
}
