import { setFlagsFromString } from 'node:v8';
import { openDevice, type Device } from '../../src/engine/device.ts';
import { tfjsWasmFolder } from './tfjsWasm.ts';

/** Opens cpu or wasm in Node, with tfjs' wasm files from node_modules. */
export function openNodeDevice(name: 'cpu' | 'wasm'): Promise<Device> {
  const enableRelaxedSimd = () => {
    setFlagsFromString('--experimental-wasm-relaxed-simd');
  };
  return openDevice(name, { wasmPath: tfjsWasmFolder, enableRelaxedSimd });
}
