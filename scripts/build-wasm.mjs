// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as asc from 'assemblyscript/asc';
import { bundleScript } from './bundle-script.mjs';

/**
 * Compiles `src/engine/wasm/assembly/` into `src/engine/wasm/binaries.ts`: one module with and one without relaxed SIMD,
 * each for a memory of one thread and for a shared one, as base64 in source, so that it loads from file:// and in any worker.
 * With them the script of the threads that share their work, as text, for the same reason.
 *
 *     node scripts/build-wasm.mjs            writes the file
 *     node scripts/build-wasm.mjs --check    exits 1 where the file is not what the sources give
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'src/engine/wasm/binaries.ts');

/** The most that a 32-bit memory can have: a shared memory fits an import only if its own limit is not above the import's. */
const allPages = '65536';

const common = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--noExportMemory', '--enable', 'simd'];
const relaxed = ['--enable', 'relaxed-simd'];
const shared = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', allPages];

/** A string literal as Prettier writes it. @param {string} text */
function quoted(text) {
  const inside = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inside}'`;
}

/** @param {string[]} options @returns {Promise<Buffer>} */
async function compile(options) {
  /** @type {Uint8Array | null} */
  let binary = null;
  const { error, stderr } = await asc.main(
    ['src/engine/wasm/assembly/index.ts', '--baseDir', root, '--outFile', 'kernels.wasm', ...common, ...options],
    {
      writeFile: (name, contents) => {
        if (name === 'kernels.wasm' && typeof contents !== 'string') binary = contents;
      },
    },
  );
  if (error !== null || binary === null) throw new Error(`AssemblyScript failed: ${stderr.toString()}`);
  return Buffer.from(binary);
}

const variants = {
  plain: await compile([]),
  relaxed: await compile(relaxed),
  plainShared: await compile(shared),
  relaxedShared: await compile([...relaxed, ...shared]),
};

const { code: threadScript } = await bundleScript('src/engine/wasm/threads/serve.ts');

const { version } = createRequire(import.meta.url)('assemblyscript/package.json');
const text = [
  `/** Made by scripts/build-wasm.mjs from assembly/ with AssemblyScript ${version}. Do not edit. */`,
  'export const binaries = {',
  ...Object.entries(variants).map(([name, bytes]) => `  ${name}:\n    '${bytes.toString('base64')}',`),
  '} as const;',
  `export const threadScript =\n  ${quoted(threadScript.trim())};`,
  '',
].join('\n');

if (process.argv.includes('--check')) {
  const same = readFileSync(target, 'utf8') === text;
  console.log(same ? 'binaries.ts is what its sources give.' : 'binaries.ts is old: run node scripts/build-wasm.mjs');
  process.exitCode = same ? 0 : 1;
} else {
  writeFileSync(target, text);
  for (const [name, bytes] of Object.entries(variants)) console.log(`${name}: ${String(bytes.length)} bytes`);
}
