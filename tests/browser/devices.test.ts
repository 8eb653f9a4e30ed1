import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { chooseDevice, examineDevices, openTestedDevice } from '../../src/engine/chooseDevice.ts';
import { env, gpuDevice, openSwiftShader } from './support/webgpu.ts';

describe('the devices of a browser', () => {
  it('webgpu is SwiftShader and says that it is software', async () => {
    const device = await openSwiftShader();
    expect(device.software).toBe(true);
    expect(device.failure()).toBeNull();
  });

  it('both pass their self-test, and the imitated GPU is not chosen', async () => {
    const reports = (await examineDevices(env)).map(({ report }) => report);
    expect(reports.map(({ name, problem }) => [name, problem])).toEqual([
      ['wasm', ''],
      ['webgpu', ''],
    ]);
    for (const { gflops } of reports) expect(gflops).toBeGreaterThan(0.05);
    expect(chooseDevice(reports)).toBe('wasm');
    expect((await openTestedDevice(null, env)).name).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
  });

  it('webgpu opens again and again, each time without what the last one held', async () => {
    const first = await openSwiftShader();
    const kept = tf.ones([3]);
    const second = await openTestedDevice('webgpu', env);
    expect([...(await tf.add(tf.ones([2]), 1).data())]).toEqual([2, 2]);
    expect([first.failure(), second.failure()]).toEqual([null, null]);
    kept.dispose();
  });
});

/** Chromium tells of an error no sooner than the next submission; training submits and reads all the time. */
const readSomething = async () => (await tf.add(tf.ones([2]), 1).data())[0];

describe('what goes wrong on a GPU without throwing', () => {
  it('a shader that does not compile fails the device', async () => {
    const device = await openSwiftShader();
    const module = gpuDevice().createShaderModule({ code: 'fn main() { this is no WGSL }' });
    gpuDevice().createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } });
    await readSomething();
    expect(device.failure()?.code).toBe('gpu-error');
    expect(device.failure()?.detail['reason']).toMatch(/parsing WGSL|expected/i);
  });

  it('the first error is the one that is kept', async () => {
    const device = await openSwiftShader();
    gpuDevice().createShaderModule({ code: 'first wrong' });
    await readSomething();
    const first = device.failure();
    gpuDevice().destroy();
    await gpuDevice().lost;
    expect(first?.code).toBe('gpu-error');
    expect(device.failure()).toBe(first);
  });

  it('a lost device fails, and another can be opened', async () => {
    const device = await openSwiftShader();
    gpuDevice().destroy();
    await expect.poll(() => device.failure()?.code, { timeout: 20_000 }).toBe('device-lost');
    const next = await openSwiftShader();
    expect([...(await tf.add(tf.ones([2]), 1).data())]).toEqual([2, 2]);
    expect(next.failure()).toBeNull();
  });

  it('a buffer beyond the limits fails the device', async () => {
    const device = await openSwiftShader();
    gpuDevice().createBuffer({ size: gpuDevice().limits.maxBufferSize + 4, usage: GPUBufferUsage.STORAGE });
    await readSomething();
    expect(device.failure()?.code).toBe('gpu-error');
  });
});
