import { expect, it } from 'vitest';
import { openNodeDevice } from '../../../support/nodeDevices.ts';
import { wasmDigests } from '../../../support/wasmDigests.ts';

// Made by this test with `--update`; `tests/browser/wasm.test.ts` holds a browser to the same bits.
it('the kernels without fused multiply-add give the bits that were recorded', async () => {
  await openNodeDevice('wasm');
  const text = `${JSON.stringify(await wasmDigests(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../../golden/wasm/digests.json');
});
