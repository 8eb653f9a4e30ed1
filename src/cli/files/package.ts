import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The folder of the package: the nearest above this file that holds a package.json, in a checkout and in a bundle alike. */
export const packageRoot: string = rootAbove(dirname(fileURLToPath(import.meta.url)));

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('vermeil stands in no package');
  return rootAbove(above);
}

/** The version that package.json states. */
export function packageVersion(): string {
  const stated: unknown = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  const found = typeof stated === 'object' && stated !== null && 'version' in stated ? stated.version : null;
  return typeof found === 'string' ? found : '0.0.0';
}

/** The built app. */
export const builtApp: string = join(packageRoot, 'dist');

/** What comes with Vermeil: in a checkout before it is built into the app, in the npm package only there. */
const shipped = existsSync(join(packageRoot, 'public')) ? join(packageRoot, 'public') : builtApp;

/** The checkpoint that comes with Vermeil. */
export const shippedCheckpoint: string = join(shipped, 'models', 'all-MiniLM-L6-v2');

/** The corpus that comes with Vermeil. */
export const shippedSample: string = join(shipped, 'samples', 'sotu');

/** The script of the second thread, in the built command line. */
export function threadScript(): URL {
  return pathToFileURL(join(packageRoot, 'dist-cli', 'trainThread.mjs'));
}

/** Folder of tfjs' wasm files with `/` at its end: beside the bundle, else where npm put the package. */
export function wasmFolder(): string {
  const beside = join(packageRoot, 'dist-cli', 'wasm');
  if (existsSync(join(beside, 'tfjs-backend-wasm-simd.wasm'))) return beside + sep;
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  return join(dirname(entry), 'wasm-out') + sep;
}
