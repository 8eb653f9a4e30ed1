import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { openDevice, type Device } from '../../src/engine/device.ts';

/** Opens cpu or wasm in Node, with tfjs' wasm files from node_modules. */
export function openNodeDevice(name: 'cpu' | 'wasm'): Promise<Device> {
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  return openDevice(name, { wasmPath: `${dirname(entry)}/dist/` });
}
