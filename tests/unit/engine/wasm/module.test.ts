import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { binaries } from '../../../../src/engine/wasm/binaries.ts';
import { heapOf } from '../../../../src/engine/wasm/heap.ts';
import { loadKernels } from '../../../../src/engine/wasm/load.ts';
import { openNodeDevice } from '../../../support/nodeDevices.ts';
import { near } from './arena.ts';

it('the committed modules are what a fresh build gives', () => {
  const script = fileURLToPath(new URL('../../../../scripts/build-wasm.mjs', import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect(stdout + stderr).toContain('is what its sources give');
  expect(status).toBe(0);
});

describe.each(Object.entries(binaries))('%s', (_, base64) => {
  /** Numbers of the sections of a wasm file; every size up to here takes LEB128 of at most five bytes. */
  const sections: number[] = [];
  const bytes = Buffer.from(base64, 'base64');
  for (let at = 8; at < bytes.length;) {
    sections.push(bytes[at++]!);
    let [size, shift, byte] = [0, 0, 0x80];
    while (byte & 0x80) {
      byte = bytes[at++]!;
      size |= (byte & 0x7f) << shift;
      shift += 7;
    }
    at += size;
  }

  it('brings no data, no start function and no globals: all memory is that of tfjs', () => {
    const [start, data, global] = [8, 11, 6];
    expect(sections).toContain(10);
    expect(sections.filter((id) => [start, data, global].includes(id))).toEqual([]);
  });
});

it('links to a shared memory', async () => {
  const memory = new WebAssembly.Memory({ initial: 32, maximum: 32768, shared: true });
  const { exports } = await loadKernels(memory);
  new Float32Array(memory.buffer, 1024, 5).set([1, 2, 3, 4, 5]);
  expect(exports.sumOfSquares(5, 1024)).toBe(55);
});

it('can be asked for the build without relaxed SIMD', async () => {
  const { relaxed } = await loadKernels(new WebAssembly.Memory({ initial: 1 }), { allowRelaxed: false });
  expect(relaxed).toBe(false);
});

it("works on tfjs' own tensors, where they lie", async () => {
  await openNodeDevice('wasm');
  const heap = heapOf(tf.backend());
  const { exports } = await loadKernels(heap.memory);
  const [a, b, c] = [
    tf.randomNormal([65, 36], 0, 1, 'float32', 1),
    tf.randomNormal([36, 9], 0, 1, 'float32', 2),
    tf.zeros([65, 9]),
  ];
  const [pa, pb, pc] = [a, b, c].map((tensor) => heap.addressOf(tensor)) as [number, number, number];
  exports.product(0, 0, 65, 9, 36, pa, 36, pb, 9, pc, 9, 0, 0, heap.scratch(exports.productScratchBytes()));
  const product = tf.matMul(a, b);
  near(c.dataSync(), product.dataSync(), 1e-5);
  const [ids] = heap.integers(new Int32Array(65).fill(1));
  const sums = tf.zeros([2, 9]);
  exports.scatterAdd(65, 9, ids!, pc, 2, heap.addressOf(sums));
  near(sums.dataSync(), tf.concat([tf.zeros([9]), tf.sum(product, 0)]).dataSync(), 1e-4);
  expect(heap.keyOf(null)).toBe(0);
  expect(heap.keyOf({ seed: 1, step: 1, site: 1, rate: 0 })).toBe(0);
  tf.dispose([a, b, c, product, sums]);
});
