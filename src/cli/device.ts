import { setFlagsFromString } from 'node:v8';
import { AppError, messageOf } from '../core/errors.ts';
import { openTestedDevice } from '../engine/chooseDevice.ts';
import type { Device, DeviceEnv, DeviceName } from '../engine/device.ts';
import { wasmFolder } from './files/package.ts';
import type { Terminal } from './terminal/terminal.ts';
import { suggestion, usageError } from './usage.ts';

const names: readonly DeviceName[] = ['wasm', 'webgpu', 'cpu'];

/** What the engine needs to know of Node. */
export function nodeEnv(): DeviceEnv {
  const enableRelaxedSimd = () => {
    setFlagsFromString('--experimental-wasm-relaxed-simd');
  };
  return { wasmPath: wasmFolder(), gpu: dawn, enableRelaxedSimd };
}

/** The device named by `--device`, null where none is. Throws `usage` for an unknown one. */
export function deviceNamed(name: string | null): DeviceName | null {
  if (name === null) return null;
  const found = names.find((known) => known === name);
  if (found !== undefined) return found;
  throw usageError(`--device ${name} is not known.`, suggestion(name, names, `Devices are ${names.join(', ')}.`));
}

/** Opens the device that was asked for, else the fastest that passes the self-test, and tells which it is. */
export async function openNodeDevice(wanted: DeviceName | null, terminal: Terminal): Promise<Device> {
  const device = await openTestedDevice(wanted, nodeEnv());
  terminal.say(`device: ${device.name} (${device.adapter})`);
  return device;
}

/** What this file uses of the optional package `webgpu`, Dawn for Node. */
interface DawnPackage {
  create(options: readonly string[]): GPU;
  readonly globals: object;
}

function isDawn(found: unknown): found is DawnPackage {
  return typeof found === 'object' && found !== null && 'create' in found && 'globals' in found;
}

/** Asked for by a variable: the package need not be there, neither for the types nor for the bundle. */
const optional = { dawn: 'webgpu' };

/** WebGPU in Node, from the optional package; also put where tfjs looks for it. Throws `device-unavailable`. */
async function dawn(): Promise<GPU> {
  const unavailable = (reason: string) => new AppError('device-unavailable', reason, { device: 'webgpu', reason });
  let found: unknown;
  try {
    found = await import(optional.dawn);
  } catch {
    throw unavailable('the npm package webgpu (Dawn for Node) is not installed; npm install webgpu adds it');
  }
  if (!isDawn(found)) throw unavailable('the npm package webgpu is not the one that is known here');
  try {
    Object.assign(globalThis, found.globals);
    const gpu = found.create([]);
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true, writable: true });
    return gpu;
  } catch (error) {
    throw unavailable(messageOf(error));
  }
}
