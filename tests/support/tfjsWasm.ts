import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** Folder of tfjs' wasm files in node_modules, for tests in Node. */
export const tfjsWasmFolder = `${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'))}/dist/`;
