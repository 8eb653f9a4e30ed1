import { expect, test } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import type { Device, DeviceName } from '../../../src/engine/device.ts';
import type { DeviceReport } from '../../../src/engine/reports.ts';
import { decodeMessage } from '../../../src/worker/decode.ts';
import { createDevices, type DeviceTools } from '../../../src/worker/devices.ts';
import { Gate } from '../../../src/worker/gate.ts';
import type { PageTrainEvent } from '../../../src/worker/protocol.ts';
import { SaveClock } from '../../../src/worker/saveClock.ts';
import { StepBuffer } from '../../../src/worker/stepBuffer.ts';

test('steps go out at most every 50 ms, grouped, none left out', () => {
  const sent: PageTrainEvent[] = [];
  let ms = 0;
  const buffer = new StepBuffer(
    (event) => sent.push(event),
    () => ms,
  );
  for (let step = 1; step <= 100; step++) {
    const point = { step, loss: 1, learningRate: 1, gradNorm: 1, silverShare: 0 };
    buffer.add({
      kind: 'step',
      point,
      tokens: 10,
      tokensPerSecond: step,
      secondsLeft: 100 - step,
      heldBytes: 7 * step,
    });
    ms += 7;
  }
  buffer.flush();
  buffer.flush(); // nothing is left: nothing is sent
  const groups = sent.map((event) => (event.kind === 'steps' ? event : null)!);
  expect(groups.length).toBeLessThanOrEqual(700 / 50 + 2);
  expect(groups.flatMap(({ points }) => points.map(({ step }) => step))).toEqual(
    Array.from({ length: 100 }, (_, i) => i + 1),
  );
  expect(groups.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(1000);
  expect(groups.at(-1)).toMatchObject({ tokensPerSecond: 100, secondsLeft: 0, heldBytes: 700 });
});

test('a snapshot is due every 20 s, and more seldom where saving is slow', () => {
  let ms = 0;
  const clock = new SaveClock(() => ms);
  const at = (time: number) => ((ms = time), clock.due());
  expect([at(19_999), at(20_000)]).toEqual([false, true]);
  ms = 20_500; // half a second: 20 s stay
  clock.saved();
  expect([at(40_499), at(40_500)]).toEqual([false, true]);
  ms = 43_500; // three seconds: a minute
  clock.saved();
  expect([at(103_499), at(103_500)]).toEqual([false, true]);
});

test('the gate counts the time it holds, and opens for a stop', async () => {
  const gate = new Gate();
  let ms = 0;
  const held: boolean[] = [];
  const pass = () =>
    gate.pass(
      () => ms,
      (now) => Promise.resolve(void held.push(now)),
    );
  await pass();
  expect(held).toEqual([]);
  gate.pause();
  const waiting = pass();
  await new Promise((resolve) => setTimeout(resolve, 0));
  ms = 5000;
  gate.continue();
  await waiting;
  expect(held).toEqual([true, false]);
  expect(gate.heldMs).toBe(5000);
  gate.pause();
  gate.step();
  gate.step();
  await pass();
  await pass(); // two steps were granted
  const third = pass();
  await new Promise((resolve) => setTimeout(resolve, 0));
  gate.stop();
  await third;
  expect(gate.signal.aborted).toBe(true);
});

test('only messages of the protocol are read', () => {
  for (const stray of [null, 'train', 7, {}, { kind: 'webpackOk' }, { kind: 'toString' }])
    expect(decodeMessage(stray)).toBeNull();
  expect(decodeMessage({ id: 1, kind: 'diagnose', again: false })).toEqual({ id: 1, kind: 'diagnose', again: false });
});

/** Devices that are `usable` or not, and break when told. */
function tools(found: Partial<Record<DeviceName, Partial<DeviceReport>>>) {
  const broken = new Set<Device>();
  const log: string[] = [];
  const make = (name: DeviceName): Device => {
    const device: Device = {
      name,
      adapter: name,
      software: false,
      failure: () => (broken.has(device) ? new AppError('device-lost', '') : null),
    };
    return device;
  };
  const deviceTools: DeviceTools = {
    names: ['webgpu', 'wasm'],
    open: (name) => {
      log.push(`open ${name}`);
      return Promise.resolve(make(name));
    },
    examine: (name, briefly) => {
      log.push(`examine ${name}`);
      const plain = {
        name,
        adapter: name,
        software: false,
        usable: true,
        trouble: null,
        problem: '',
        gflops: 1,
        selfTestMs: 1,
      } as const;
      const asked = { ...plain, ...found[name] };
      const report = briefly && asked.software ? { ...asked, selfTestMs: null } : asked;
      return Promise.resolve({ report, device: report.usable ? make(name) : null });
    },
    choose: (reports) => reports.find(({ usable }) => usable)?.name ?? null,
  };
  return { devices: createDevices(deviceTools), broken, log };
}

test('devices are examined once, and the chosen one is opened again after the others moved tfjs', async () => {
  const { devices, log } = tools({});
  expect((await devices.diagnose()).chosen).toBe('webgpu');
  await devices.diagnose();
  expect(log).toEqual(['examine webgpu', 'examine wasm']);
  const device = await devices.open(null);
  expect([device.name, log.slice(2)]).toEqual(['webgpu', ['open webgpu']]);
  expect(await devices.open('webgpu')).toBe(device);
  expect(await devices.use(() => Promise.resolve(42))).toBe(42);
  expect(log).toHaveLength(3);
});

test('each device is told as it is examined, and a software GPU is tested only for a run', async () => {
  const { devices, log } = tools({ wasm: {}, webgpu: { software: true } });
  const told: string[] = [];
  await devices.diagnose(({ name, selfTestMs }) => told.push(`${name} ${String(selfTestMs)}`));
  expect(told).toEqual(['webgpu null', 'wasm 1']);
  await devices.open('webgpu');
  await devices.open('webgpu');
  expect(log).toEqual(['examine webgpu', 'examine wasm', 'examine webgpu']);
});

test('asked again, devices are examined anew, and a card that went away is told from one that was never there', async () => {
  const found: Partial<Record<DeviceName, Partial<DeviceReport>>> = { wasm: {} };
  const { devices, log } = tools(found);
  const troubles = async () => (await devices.diagnose(undefined, true)).devices.map(({ trouble }) => trouble);
  expect(await troubles()).toEqual([null, null]);
  found.webgpu = { usable: false, trouble: 'no-adapter' };
  expect(await troubles()).toEqual(['gone', null]);
  expect(await troubles()).toEqual(['gone', null]);
  expect(log).toHaveLength(6);
  const never = tools({ webgpu: { usable: false, trouble: 'no-adapter' } });
  expect((await never.devices.diagnose(undefined, true)).devices[0]?.trouble).toBe('no-adapter');
});

test('a device asked for is examined alone; a broken one is opened anew', async () => {
  const { devices, log, broken } = tools({});
  const device = await devices.open('wasm');
  expect(log).toEqual(['examine wasm']);
  broken.add(device);
  expect(await devices.open('wasm')).not.toBe(device);
  expect(log).toEqual(['examine wasm', 'open wasm']);
});

test('devices that do not work say why', async () => {
  const wrong = tools({ webgpu: { usable: false, trouble: 'wrong', problem: 'softmax gave 3' } });
  await expect(wrong.devices.open('webgpu')).rejects.toMatchObject({
    code: 'device-wrong',
    detail: { reason: 'softmax gave 3' },
  });
  await wrong.devices.open('webgpu').catch(() => undefined);
  expect(wrong.log).toEqual(['examine webgpu', 'examine webgpu']); // each try looks anew
  expect((await wrong.devices.open(null)).name).toBe('wasm');
  const none = tools({
    webgpu: { usable: false, adapter: '', problem: 'no adapter' },
    wasm: { usable: false, adapter: '' },
  });
  await expect(none.devices.open('webgpu')).rejects.toMatchObject({ code: 'device-unavailable' });
  await expect(none.devices.open(null)).rejects.toMatchObject({ code: 'device-unavailable' });
});
