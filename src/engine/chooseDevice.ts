import * as tf from '@tensorflow/tfjs-core';
import { AppError, messageOf } from '../core/errors.ts';
import { openDevice, type Device, type DeviceEnv, type DeviceName } from './device.ts';
import type { DeviceReport } from './reports.ts';
import { selfTest } from './selfTest.ts';
import { troubleOf } from './support.ts';
import { inTime } from './timeLimit.ts';
import { timeMatmul } from './timeMatmul.ts';

/** What an examination found, and the opened device where it is usable. */
export interface Examined {
  readonly report: DeviceReport;
  readonly device: Device | null;
}

/**
 * Milliseconds that an examination may take. A GPU process that hangs answers nothing and reports nothing. A self-test takes a
 * second or two on a GPU, most of it to compile programs; one that the processor imitates takes it many times as long.
 */
const limits = { briefly: 20_000, whole: 120_000 } as const;

/**
 * Opens a device, tests it and times it. Never throws: the report says what went wrong. With `briefly` a GPU that the
 * processor imitates is neither tested nor timed, which would take it seconds, and is not given.
 */
export async function examineDevice(name: DeviceName, env: DeviceEnv, briefly = false): Promise<Examined> {
  const limitMs = briefly ? limits.briefly : limits.whole;
  try {
    return await inTime(limitMs, (signal) => examine(name, env, briefly, signal));
  } catch (error) {
    const reason = error instanceof AppError ? error.detail['reason'] : undefined;
    const [trouble, problem] = [troubleOf(error), String(reason ?? messageOf(error))];
    const report = { name, adapter: '', software: false, usable: false, trouble, problem, gflops: 0, selfTestMs: 0 };
    return { report, device: null };
  }
}

async function examine(name: DeviceName, env: DeviceEnv, briefly: boolean, signal: AbortSignal): Promise<Examined> {
  const device = await openDevice(name, env, signal);
  const { adapter, software } = device;
  const slow = software && name === 'webgpu' ? 'software' : device.simd === false ? 'no-simd' : null;
  if (briefly && software) {
    const untested = { usable: true, trouble: slow, problem: '', gflops: 0, selfTestMs: null } as const;
    return { report: { name, adapter, software, ...untested }, device: null };
  }
  const { passed, problem, trouble, ms } = await selfTest(device, env, signal);
  signal.throwIfAborted();
  const gflops = passed ? await timeMatmul() : 0;
  const report = { name, adapter, software, usable: passed, trouble: trouble ?? slow, problem, gflops, selfTestMs: ms };
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
