import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chooseDevice, examineDevice, openTestedDevice } from '../../../src/engine/chooseDevice.ts';
import { openDevice, type DeviceEnv } from '../../../src/engine/device.ts';
import type { DeviceReport } from '../../../src/engine/reports.ts';
import { firstDifference, selfTest } from '../../../src/engine/selfTest.ts';
import { leastLimits } from '../../../src/engine/support.ts';
import { tfjsWasmFolder } from '../../support/tfjsWasm.ts';

const env: DeviceEnv = { wasmPath: tfjsWasmFolder };

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('the choice', () => {
  const report = (name: DeviceReport['name'], rest: Partial<DeviceReport>): DeviceReport => ({
    ...{ name, adapter: '', software: false, usable: true, trouble: null, problem: '', gflops: 1, selfTestMs: 1 },
    ...rest,
  });
  it('takes the faster of two', () => {
    expect(chooseDevice([report('wasm', { gflops: 25 }), report('webgpu', { gflops: 900 })])).toBe('webgpu');
    expect(chooseDevice([report('wasm', { gflops: 25 }), report('webgpu', { gflops: 20 })])).toBe('wasm');
  });
  it('never takes a GPU that the processor imitates over wasm', () => {
    expect(chooseDevice([report('wasm', { gflops: 1 }), report('webgpu', { gflops: 90, software: true })])).toBe(
      'wasm',
    );
    expect(chooseDevice([report('webgpu', { software: true }), report('wasm', { usable: false })])).toBe('webgpu');
  });
  it('takes nothing that failed, and never cpu', () => {
    expect(chooseDevice([report('wasm', {}), report('webgpu', { gflops: 900, usable: false })])).toBe('wasm');
    expect(chooseDevice([report('cpu', { software: true })])).toBeNull();
  });
});

describe('the comparison', () => {
  const expected = Float32Array.from([1, -2, 0.5]);
  it('lets rounding pass', () => {
    expect(firstDifference('x', expected, Float32Array.from([1.001, -2, 0.5]))).toBe('');
  });
  it.each([
    ['a wrong last element', [1, -2, 0]],
    ['a NaN', [1, NaN, 0.5]],
    ['a missing element', [1, -2]],
  ])('finds %s', (_, values) => {
    expect(firstDifference('x', expected, Float32Array.from(values))).not.toBe('');
  });
  it('finds zeros where all values are small', () => {
    expect(firstDifference('x', Float32Array.from([1e-4]), Float32Array.from([0]))).not.toBe('');
  });
});

describe('wasm in Node', () => {
  it('passes its self-test in about a second and leaves no tensors', async () => {
    const { report, device } = await examineDevice('wasm', env);
    expect(report).toMatchObject({ usable: true, problem: '', software: false, adapter: '1 thread, SIMD' });
    expect(report.gflops).toBeGreaterThan(0.1);
    expect(report.selfTestMs).toBeLessThan(5000);
    expect(device).not.toBeNull();
    expect(tf.getBackend()).toBe('wasm');
    expect(tf.memory().numTensors).toBe(0);
  });

  it('fails its self-test where one number in the last place is wrong', async () => {
    const device = await openDevice('wasm', env);
    const backend = tf.backend();
    const read = backend.read.bind(backend);
    vi.spyOn(backend, 'read').mockImplementation(async (dataId) => {
      const values = await read(dataId);
      if (values.length > 190_000) (values as Float32Array)[values.length - 1]! += 0.1;
      return values;
    });
    const { passed, problem } = await selfTest(device, env);
    expect(passed).toBe(false);
    expect(problem).toContain('layer normalisation of many rows');
    await expect(openTestedDevice('wasm', env)).rejects.toMatchObject({
      code: 'device-wrong',
      detail: { device: 'wasm' },
    });
  });

  it('says whether WebAssembly is missing or forbidden', async () => {
    const troubleWith = async (found: unknown) => {
      vi.stubGlobal('WebAssembly', found);
      const { report } = await examineDevice('wasm', env);
      vi.unstubAllGlobals();
      return [report.usable, report.trouble, report.problem];
    };
    expect(await troubleWith(undefined)).toEqual([false, 'no-wasm', 'there is no WebAssembly here']);
    const Module = function refuse() {
      throw new Error('refused by policy');
    };
    expect(await troubleWith({ Module })).toEqual([false, 'wasm-blocked', 'refused by policy']);
  });

  it('is what null opens where there is no GPU', async () => {
    expect((await openTestedDevice(null, env)).name).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
  });
});

describe('webgpu in Node', () => {
  it('is unavailable with a reason', async () => {
    await expect(openDevice('webgpu', env)).rejects.toMatchObject({
      code: 'device-unavailable',
      detail: { device: 'webgpu', reason: 'there is no WebGPU here' },
    });
    const { report } = await examineDevice('webgpu', env);
    expect(report).toMatchObject({ usable: false, trouble: 'no-api', problem: 'there is no WebGPU here' });
  });

  const enough = { ...leastLimits };
  const adapter = (limits: Partial<Record<keyof typeof leastLimits, number>>): Partial<GPUAdapter> => ({
    limits: { ...enough, ...limits } as unknown as GPUSupportedLimits,
    requestDevice: () => Promise.reject(new Error('the driver said no')),
  });
  const refusal = Object.assign(new Error('not for this page'), { name: 'NotAllowedError' });
  it.each<[string, () => Promise<Partial<GPUAdapter> | null>, string, string]>([
    ['no adapter', () => Promise.resolve(null), 'no-adapter', 'no graphics adapter was found'],
    ['a refusal', () => Promise.reject(refusal), 'blocked', 'not for this page'],
    [
      'a limit below what WebGPU promises',
      () => Promise.resolve(adapter({ maxComputeWorkgroupStorageSize: 16_383 })),
      'limits',
      'maxComputeWorkgroupStorageSize is 16383, and 16384 is needed',
    ],
    ['a driver that fails', () => Promise.resolve(adapter({})), 'failed', 'the driver said no'],
  ])('tells %s from others', async (_, requestAdapter, trouble, problem) => {
    const gpu = { requestAdapter } as unknown as GPU;
    const { report, device } = await examineDevice('webgpu', { ...env, gpu: () => Promise.resolve(gpu) });
    expect(report).toMatchObject({ usable: false, trouble, problem });
    expect(device).toBeNull();
  });

  it('that never answers is given up after 20 s, and an answer that comes later moves nothing', async () => {
    await openDevice('wasm', env);
    vi.useFakeTimers();
    let answer: (adapter: unknown) => void = () => undefined;
    const asked = vi.fn(() => Promise.reject(new Error('too late')));
    const gpu = { requestAdapter: () => new Promise((resolve) => (answer = resolve)) } as unknown as GPU;
    const examined = examineDevice('webgpu', { ...env, gpu: () => Promise.resolve(gpu) }, true);
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await examined).report).toMatchObject({
      usable: false,
      trouble: 'silent',
      problem: 'no answer within 20 s',
    });
    answer({ limits: enough, requestDevice: asked });
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).not.toHaveBeenCalled();
    expect(tf.getBackend()).toBe('wasm');
  });
});
