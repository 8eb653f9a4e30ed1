import { AppError } from '../core/errors.ts';
import type { Examined } from '../engine/chooseDevice.ts';
import type { Device } from '../engine/device.ts';
import type { DeviceName, DeviceReport, Diagnosis } from './protocol.ts';

/** How devices are opened and tried; handed in, so that tests need no GPU. */
export interface DeviceTools {
  /** Devices to diagnose, in this order. */
  readonly names: readonly DeviceName[];
  open(name: DeviceName): Promise<Device>;
  /** Opens, tests and times a device; with `briefly` a software GPU is only opened. Never throws. */
  examine(name: DeviceName, briefly: boolean): Promise<Examined>;
  choose(reports: readonly DeviceReport[]): DeviceName | null;
}

/** The one device that the worker has open: tfjs' backend is global, so whoever opens another takes it from all. */
export interface Devices {
  /**
   * Tries every device, once in the worker's life or, with `again`, anew; a software GPU only briefly. `onReport` is told each
   * at once.
   */
  diagnose(onReport?: (report: DeviceReport) => void, again?: boolean): Promise<Diagnosis>;
  /** Opens a device that has passed its self-test; null = the best. Throws `device-unavailable`, `device-wrong`. */
  open(name: DeviceName | null): Promise<Device>;
  /** Does something on the device that is open and sound, else on the best; no other is opened meanwhile. */
  use<T>(task: () => Promise<T>): Promise<T>;
}

export function createDevices(tools: DeviceTools): Devices {
  const reports = new Map<DeviceName, DeviceReport>();
  let device: Device | null = null;
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  }

  async function reportOf(name: DeviceName, briefly = false, again = false): Promise<DeviceReport> {
    const known = reports.get(name);
    if (!again && known !== undefined && (briefly || known.selfTestMs !== null)) return known;
    const examined = await tools.examine(name, briefly);
    ({ device } = examined); // examining has moved tfjs to this one
    const isGone = examined.report.trouble === 'no-adapter' && (known?.usable === true || known?.trouble === 'gone');
    const report = isGone ? { ...examined.report, trouble: 'gone' as const } : examined.report;
    reports.set(name, report);
    return report;
  }

  async function diagnose(onReport?: (report: DeviceReport) => void, again = false): Promise<Diagnosis> {
    const devices: DeviceReport[] = [];
    for (const name of tools.names) {
      const report = await reportOf(name, true, again);
      devices.push(report);
      onReport?.(report);
    }
    return { devices, chosen: tools.choose(devices) };
  }

  async function chosenName(): Promise<DeviceName> {
    const { devices, chosen } = await diagnose();
    if (chosen !== null) return chosen;
    const reason = devices.map(({ name, problem }) => `${name}: ${problem}`).join('; ');
    throw new AppError('device-unavailable', reason, { device: tools.names.join(' or '), reason });
  }

  async function open(wanted: DeviceName | null): Promise<Device> {
    const name = wanted ?? (await chosenName());
    // A driver may be mended, a card be back: what did not work is looked at anew.
    const { usable, problem, trouble } = await reportOf(name, false, reports.get(name)?.usable === false);
    if (!usable) {
      const code = trouble === 'wrong' ? 'device-wrong' : 'device-unavailable';
      throw new AppError(code, problem, { device: name, reason: problem });
    }
    if (device?.name === name && device.failure() === null) return device;
    device = null;
    try {
      device = await tools.open(name);
    } catch (error) {
      await reportOf(name, true, true); // it worked once: what is known of it is no longer true
      throw error;
    }
    return device;
  }

  async function use<T>(task: () => Promise<T>): Promise<T> {
    if (device?.failure() !== null) await open(null);
    return task();
  }

  return {
    diagnose: (onReport, again) => inTurn(() => diagnose(onReport, again)),
    open: (name) => inTurn(() => open(name)),
    use: (task) => inTurn(() => use(task)),
  };
}
