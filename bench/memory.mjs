// Whether training keeps a steady hold of memory: bytes allocated after 50 steps and at the end, on the sample's own batches.
//
//     node bench/memory.mjs [--device webgpu|wasm] [--steps 2000] [--layers 1] [--hidden 64] [--batch 4]
//
// webgpu: bytes of all GPU buffers, free ones in tfjs' pool included, which are never given back; `nodeGpu` in
// support/sources.mjs says what it needs. wasm: the size of the heap, which never shrinks either. Exits 1 where they grew in a
// step after the 50th whose packed length had been met before: a length that is new needs buffers of its size, once.
import { importSource, nodeGpu, optionsOf, publicFolder, wasmPath } from './support/sources.mjs';

const options = optionsOf({ device: 'webgpu', steps: 2000, layers: 1, hidden: 64, batch: 4 });
/** Steps after which nothing may grow for a known length. */
const settled = 50;

const { openSampleTraining } = await importSource('support/sampleTraining.ts');
const { device, layers, batch, hidden, steps } = options;
const sizes = { sentences: batch, maxTokens: null, count: steps };
const training = await openSampleTraining({ device, layers, hidden, sizes, publicFolder }, { wasmPath, gpu: nodeGpu });
const mb = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
console.log(`${device} (${training.adapter}), ${layers} layers × ${hidden}, batches of ${batch} sentences`);
const met = new Set();
let before = training.memory();
let [unexplained, newLengths, tensors] = [0, 0, 0];
for (const [i, one] of training.batches.entries()) {
  const step = i + 1;
  const rows = training.rowsOf(one);
  await training.step(one, () => performance.now());
  const now = training.memory();
  if (step === settled) tensors = now.tensors;
  if (step > settled) {
    if (!met.has(rows)) newLengths++;
    else unexplained += Math.max(0, now.allocated - before.allocated);
  }
  met.add(rows);
  before = now;
  if ([1, 10, settled, 100, 200, 500, 1000, 2000, steps].includes(step)) {
    const held = `${mb(now.allocated)} allocated, ${mb(now.used)} in use, ${now.tensors} tensors`;
    console.log(`step ${step}: ${held}, ${met.size} packed lengths met`);
  }
}
const leaked = steps > settled ? before.tensors - tensors : 0;
training.dispose();
const flat = unexplained === 0 && leaked <= 0;
console.log(
  flat
    ? `flat from step ${settled} on, but for ${newLengths} packed lengths met later for the first time`
    : `grew by ${mb(unexplained)} and ${leaked} tensors at packed lengths met before`,
);
process.exit(flat ? 0 : 1); // Dawn would keep Node alive
