import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

/** Paths of the checkout: the command builds itself wherever it is called from. */
const inCheckout = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const outDir = inCheckout('dist-cli');
const tfjsWasm = inCheckout('node_modules/@tensorflow/tfjs-backend-wasm/wasm-out');

/** What the command consists of: each entry is one file beside the others in `dist-cli/`. */
const entries = {
  vermeil: inCheckout('src/cli/main.ts'),
  trainThread: inCheckout('src/cli/training/trainThread.ts'),
  staticServer: inCheckout('src/cli/staticServer.ts'),
};

/** Lays tfjs' wasm files beside the bundle, in `dist-cli/wasm/`. */
const wasmBeside: Plugin = {
  name: 'vermeil-wasm-beside',
  writeBundle() {
    mkdirSync(join(outDir, 'wasm'), { recursive: true });
    for (const kind of ['', '-simd', '-threaded-simd']) {
      const name = `tfjs-backend-wasm${kind}.wasm`;
      cpSync(join(tfjsWasm, name), join(outDir, 'wasm', name));
    }
  },
};

/** The command line as a few plain ESM files for Node, all packages inside: nothing but Node is needed to run it. */
export default defineConfig({
  publicDir: false,
  plugins: [wasmBeside],
  ssr: { noExternal: true, target: 'node' },
  // The Emscripten glue inside tfjs-wasm is CommonJS at heart: it asks for its own folder when it runs in Node.
  define: { __dirname: 'import.meta.dirname' },
  build: {
    ssr: true,
    target: 'node20',
    outDir,
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(path))),
      // The optional Dawn package is asked for when a GPU in Node is wanted, and found beside the checkout or not at all.
      external: ['webgpu'],
      output: { format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    },
  },
});
