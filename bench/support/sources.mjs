import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);

/** The checkpoint and the sample that ship. */
export const publicFolder = join(root, 'public/');

/** Builds a TypeScript file below `bench/` with all that it imports into a folder that is removed at the end, and imports it. */
export async function importSource(path) {
  const outDir = mkdtempSync(join(tmpdir(), 'vermeil-bench-'));
  process.on('exit', () => rmSync(outDir, { recursive: true, force: true }));
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    ssr: { noExternal: true, target: 'node' },
    define: { __dirname: 'import.meta.dirname' }, // the glue of tfjs' wasm asks for its folder
    build: {
      ssr: true,
      target: 'node20',
      outDir,
      minify: false,
      rolldownOptions: { input: { main: join(root, 'bench', path) }, output: { entryFileNames: '[name].mjs' } },
    },
  });
  return import(pathToFileURL(join(outDir, 'main.mjs')).href);
}

/** Folder of tfjs' wasm files, as the engine wants it. */
export const wasmPath = `${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))}/dist/`;

/**
 * WebGPU in Node: Dawn's npm package `webgpu`, from the folder that VERMEIL_WEBGPU names, else from node_modules. Without a GPU
 * it runs on SwiftShader where VK_ICD_FILENAMES names a Chromium's vk_swiftshader_icd.json.
 */
export async function nodeGpu() {
  const { create, globals } = require(process.env.VERMEIL_WEBGPU ?? 'webgpu');
  Object.assign(globalThis, globals);
  const gpu = create([]);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'Node' }, configurable: true });
  return gpu;
}

/** The options `--name value` of a script; every name must be one of `defaults`, whose types the values take. */
export function optionsOf(defaults) {
  const options = { ...defaults };
  const words = process.argv.slice(2);
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i].replace(/^--/, '');
    if (!(name in defaults) || words[i + 1] === undefined) {
      console.error(
        `Options: ${Object.entries(defaults)
          .map(([n, value]) => `--${n} ${value}`)
          .join('  ')}`,
      );
      process.exit(2);
    }
    options[name] = typeof defaults[name] === 'number' ? Number(words[i + 1]) : words[i + 1];
  }
  return options;
}

/** Milliseconds of processor time that this process has used, all its threads together. */
export function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};
