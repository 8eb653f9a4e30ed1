import { expect, it } from 'vitest';
import { openDevice } from '../../src/engine/device.ts';
import { wasmDigests } from '../support/wasmDigests.ts';
import { env, readGolden } from './support/webgpu.ts';

it('the SIMD kernels give in a browser the bits that they give in Node', async () => {
  await openDevice('wasm', env);
  const recorded: unknown = JSON.parse(new TextDecoder().decode(await readGolden('wasm/digests.json')));
  expect(await wasmDigests()).toEqual(recorded);
});
