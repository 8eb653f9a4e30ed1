import { expect, it } from 'vitest';
import { loadCheckpoint } from '../../src/engine/checkpoint/load.ts';
import { filesSource } from '../../src/engine/checkpoint/sources.ts';
import type { Device } from '../../src/engine/device.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';
import { collectRun, type Collected } from '../support/collectRun.ts';
import { tinyCheckpoint } from '../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData } from '../support/tinyData.ts';
import { gpuDevice, openSwiftShader } from './support/webgpu.ts';

async function run(device: Device, beforeStep?: (step: number) => Promise<void>): Promise<Collected> {
  const checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const input = { config: tinyConfig, checkpoint, tokenizer, data: tinyData, device, appVersion: '0' };
  return collectRun(input, beforeStep === undefined ? {} : { beforeStep });
}

function curveOf({ events, error }: Collected) {
  expect(error).toBeNull();
  return events.flatMap((event) => (event.kind === 'step' ? [[event.point.loss, event.point.gradNorm]] : []));
}

it('two runs with one seed, each on a device opened anew, have the same curve and weights bit for bit', async () => {
  const first = await run(await openSwiftShader());
  const second = await run(await openSwiftShader());
  const curve = curveOf(first);
  expect(curve.length).toBe(first.record!.steps);
  expect(tinyConfig.dropout).toBeGreaterThan(0);
  expect(curveOf(second)).toEqual(curve);
  expect(second.model!.weights).toEqual(first.model!.weights);
});

it('a GPU error in mid-run fails the run', async () => {
  const device = await openSwiftShader();
  const { error, events } = await run(device, (step) => {
    if (step === 2) gpuDevice().createShaderModule({ code: 'no WGSL' });
    return Promise.resolve();
  });
  expect(error).toMatchObject({ code: 'gpu-error' });
  expect(events.some(({ kind }) => kind === 'finished')).toBe(false);
});

it('a device lost in mid-run fails the run', async () => {
  const device = await openSwiftShader();
  const { error } = await run(device, (step) => {
    if (step === 2) gpuDevice().destroy();
    return Promise.resolve();
  });
  expect(error).toMatchObject({ code: 'device-lost' });
});
