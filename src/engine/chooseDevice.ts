import * as tf from '@tensorflow/tfjs-core';
import { AppError, messageOf } from '../core/errors.ts';
import { openDevice, type Device, type DeviceEnv, type DeviceName } from './device.ts';
import type { DeviceReport } from './reports.ts';
import { selfTest } from './selfTest.ts';
import { timeMatmul } from './timeMatmul.ts';

/** What an examination found, and the opened device where it is usable. */
export interface Examined {
  readonly report: DeviceReport;
  readonly device: Device | null;
}

/**
 * Opens a device, tests it and times it. Never throws: the report says what went wrong. With `briefly` a GPU that the
 * processor imitates is neither tested nor timed, which would take it seconds, and is not given.
 */
export async function examineDevice(name: DeviceName, env: DeviceEnv, briefly = false): Promise<Examined> {
  let device: Device;
  try {
    device = await openDevice(name, env);
  } catch (error) {
    const reason = error instanceof AppError ? error.detail['reason'] : undefined;
    const problem = String(reason ?? messageOf(error));
    const report = { name, adapter: '', software: false, usable: false, problem, gflops: 0, selfTestMs: 0 };
    return { report, device: null };
  }
  const { adapter, software } = device;
  if (briefly && software) {
    const report = { name, adapter, software, usable: true, problem: '', gflops: 0, selfTestMs: null };
    return { report, device: null };
  }
  const { passed, problem, ms } = await selfTest(device, env);
  const gflops = passed ? await timeMatmul() : 0;
  const report = { name, adapter, software, usable: passed, problem, gflops, selfTestMs: ms };
  return { report, device: passed ? device : null };
}

/** Examines the devices that training may use, one after the other. */
export async function examineDevices(env: DeviceEnv): Promise<Examined[]> {
  const found: Examined[] = [];
  for (const name of ['wasm', 'webgpu'] satisfies DeviceName[]) found.push(await examineDevice(name, env));
  return found;
}

/**
 * The faster usable device; null where there is none. A GPU that the processor imitates comes after everything else, since
 * its matmul may look well and its many small programs do not. `cpu` is for tests and is never chosen.
 */
export function chooseDevice(reports: readonly DeviceReport[]): DeviceName | null {
  const usable = reports.filter((report) => report.usable && report.name !== 'cpu');
  const ranked = usable.toSorted((a, b) => Number(a.software) - Number(b.software) || b.gflops - a.gflops);
  return ranked[0]?.name ?? null;
}

/**
 * Opens the device that was asked for, or with null the faster one, after its self-test. Throws `device-unavailable` where it
 * cannot be opened and `device-wrong` where it computes wrong numbers.
 */
export async function openTestedDevice(wanted: DeviceName | null, env: DeviceEnv): Promise<Device> {
  return wanted === null ? await openFaster(env) : await openWanted(wanted, env);
}

async function openWanted(name: DeviceName, env: DeviceEnv): Promise<Device> {
  const device = await openDevice(name, env);
  const { passed, problem } = await selfTest(device, env);
  if (!passed) throw device.failure() ?? new AppError('device-wrong', problem, { device: name, reason: problem });
  return device;
}

async function openFaster(env: DeviceEnv): Promise<Device> {
  const examined = await examineDevices(env);
  const name = chooseDevice(examined.map(({ report }) => report));
  const device = examined.find(({ report }) => report.name === name)?.device;
  if (device === undefined || device === null) {
    const reason = examined.map(({ report }) => `${report.name}: ${report.problem}`).join('; ');
    throw new AppError('device-unavailable', reason, { device: 'webgpu or wasm', reason });
  }
  await tf.setBackend(device.name);
  return device;
}
