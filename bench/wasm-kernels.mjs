// @ts-check
import v8 from 'node:v8';
import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { runnerImport } from 'vite';

/**
 * Our wasm kernels against tfjs-wasm's matMul and the host loops of `src/engine/kernels/`, taken in turn within one run; then
 * a whole training step put together from the kernels alone, without tfjs around them: what a step can reach at most.
 *
 *     node bench/wasm-kernels.mjs [repeats]
 *
 * Times are min and median in milliseconds of processor time, so that waiting for a core that others use does not count.
 */
const repeats = Number(process.argv[2] ?? 9);
const root = fileURLToPath(new URL('..', import.meta.url));

/** @template T @param {string} path @returns {Promise<T>} */
const source = async (path) =>
  /** @type {T} */ (
    (await runnerImport(`${root}src/engine/${path}`, { root, configFile: false, logLevel: 'error' })).module
  );

setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'))}/dist/`);
await tf.setBackend('wasm');
tf.enableProdMode();

/** @type {typeof import('../src/engine/wasm/load.ts')} */
const { loadKernels } = await source('wasm/load.ts');
/** @type {typeof import('../src/engine/wasm/heap.ts')} */
const { heapOf } = await source('wasm/heap.ts');
/** @type {typeof import('../src/engine/kernels/activation.ts')} */
const { activate, activateGrad } = await source('kernels/activation.ts');
/** @type {typeof import('../src/engine/kernels/layerNorm.ts')} */
const { layerNorm, layerNormGrad } = await source('kernels/layerNorm.ts');
/** @type {typeof import('../src/engine/kernels/attention.ts')} */
const { attend, attendGrad } = await source('kernels/attention.ts');
/** @type {typeof import('../src/engine/kernels/dropout.ts')} */
const { maskOf } = await source('kernels/dropout.ts');
/** @type {typeof import('../src/engine/kernels/embeddings.ts')} */
const { embed, embedGrad } = await source('kernels/embeddings.ts');
/** @type {typeof import('../src/engine/kernels/crossEntropy.ts')} */
const { crossEntropy } = await source('kernels/crossEntropy.ts');
/** @type {typeof import('../src/engine/kernels/adamw.ts')} */
const { adamw } = await source('kernels/adamw.ts');
/** @type {typeof import('../src/engine/kernels/globalNorm.ts')} */
const { globalNorm } = await source('kernels/globalNorm.ts');

const heap = heapOf(tf.backend());
const plain = (await loadKernels(heap.memory, { allowRelaxed: false })).exports;
const fused = await loadKernels(heap.memory, {
  enableRelaxedSimd: () => v8.setFlagsFromString('--experimental-wasm-relaxed-simd'),
});
/** @type {[string, import('../src/engine/wasm/exports.ts').KernelExports][]} */
const builds = fused.relaxed
  ? [
      ['simd', plain],
      ['relaxed', fused.exports],
    ]
  : [['simd', plain]];

/** The batch: 16 sentences of the sample's lengths, 449 pieces, in 512 rows less one bucket. @type {number[]} */
const lengths = [12, 15, 17, 19, 21, 23, 24, 26, 28, 30, 31, 33, 36, 39, 44, 51];
const offsets = Int32Array.from([0, ...lengths].map((_, b) => lengths.slice(0, b).reduce((sum, t) => sum + t, 0)));
const tokens = lengths.reduce((sum, t) => sum + t, 0);
const rows = Math.ceil(tokens / 64) * 64;
const [width, heads, inner, vocabulary, places, tags] = [384, 12, 1536, 3000, 512, 9];
const depth = width / heads;
const pairs = heads * lengths.reduce((sum, t) => sum + t * t, 0);
const key = { seed: 1, step: 2, site: 3, rate: 0.1 };

/** @param {number[]} shape */
const random = (shape) => tf.randomNormal(shape);
/** @param {number[]} shape */
const room = (shape) => tf.zeros(shape);
const at = heap.addressOf;

/** @param {number[]} times */
function summary(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return { min: sorted[0], median: sorted[sorted.length >> 1] };
}

/**
 * Runs the bodies in turn, `repeats` times, after two rounds that do not count.
 * @param {Record<string, () => void>} bodies
 */
function inTurn(bodies) {
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(Object.keys(bodies).map((name) => [name, []]));
  for (let round = -2; round < repeats; round++) {
    for (const [name, body] of Object.entries(bodies)) {
      const start = process.cpuUsage();
      tf.tidy(() => {
        body();
      });
      const { user, system } = process.cpuUsage(start);
      if (round >= 0) times[name].push((user + system) / 1000);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, summary(list)]));
}

/** @param {string} what @param {ReturnType<typeof inTurn>} results @param {string} base @param {number} [flops] */
function print(what, results, base, flops) {
  const cells = Object.entries(results).map(([name, { min, median }]) => {
    const rate = flops === undefined ? '' : `, ${(flops / min / 1e6).toFixed(1)} GFLOP/s`;
    const ratio = name === base ? '' : `, ×${(results[base].median / median).toFixed(2)}`;
    return `${name} ${min.toFixed(3)}/${median.toFixed(3)} ms${rate}${ratio}`;
  });
  console.log(`| ${what} | ${cells.join(' | ')} |`);
}

/** @param {(kernels: import('../src/engine/wasm/exports.ts').KernelExports) => void} body */
const each = (body) => Object.fromEntries(builds.map(([name, kernels]) => [name, () => body(kernels)]));

console.log(
  `${cpus()[0].model}, Node ${process.version}, load ${loadavg()[0].toFixed(2)}, relaxed SIMD: ${String(fused.relaxed)}`,
);
console.log(
  `${String(tokens)} pieces in ${String(rows)} rows; min/median of ${String(repeats)}, processor time, taken in turn\n`,
);

const scratch = heap.scratch(
  Math.max(
    plain.attentionScratchBytes(Math.max(...lengths)),
    fused.exports.attentionScratchBytes(Math.max(...lengths)),
  ),
);

for (const [i, o] of [
  [width, width],
  [width, inner],
  [inner, width],
]) {
  const [x, w, dy] = [random([rows, i]), random([i, o]), random([rows, o])];
  const [y, dx, dw] = [room([rows, o]), room([rows, i]), room([i, o])];
  const flops = 2 * rows * i * o;
  const name = `[${String(rows)}, ${String(i)}] × [${String(i)}, ${String(o)}]`;
  /** @param {tf.Tensor} a @param {tf.Tensor} b */
  const matMul = (a, b) => void tf.matMul(a, b);
  const forward = { tfjs: () => matMul(x, w), ...each((k) => k.matmul(rows, o, i, at(x), at(w), at(y), 0, scratch)) };
  print(`y = x w, ${name}`, inTurn(forward), 'tfjs', flops);
  const toInput = {
    tfjs: () => matMul(dy, tf.transpose(w)),
    ...each((k) => k.matmulNT(rows, i, o, at(dy), at(w), at(dx), 0, scratch)),
  };
  print(`dx = dy wᵀ`, inTurn(toInput), 'tfjs', flops);
  const toWeights = {
    tfjs: () => matMul(tf.transpose(x), dy),
    ...each((k) => k.matmulTN(i, o, rows, at(x), at(dy), at(dw), 0, scratch)),
  };
  print(`dw = xᵀ dy`, inTurn(toWeights), 'tfjs', flops);
  tf.dispose([x, w, dy, y, dx, dw]);
}

{
  const [x, dy, y] = [random([rows, inner]), random([rows, inner]), room([rows, inner])];
  const count = rows * inner;
  const forward = { host: () => void activate(x, 'gelu'), ...each((k) => k.activate(count, 0, at(x), at(y))) };
  print(`gelu [${String(rows)}, ${String(inner)}]`, inTurn(forward), 'host');
  const backward = {
    host: () => void activateGrad(dy, x, 'gelu'),
    ...each((k) => k.activateGrad(count, 0, at(dy), at(x), at(y))),
  };
  print(`its gradient`, inTurn(backward), 'host');
  tf.dispose([x, dy, y]);
}

{
  const [x, residual, gamma, beta] = [random([rows, width]), random([rows, width]), random([width]), random([width])];
  const [y, normed, inverse, dx, dg, db] = [x, x, gamma, x, gamma, beta].map((like) => tf.zerosLike(like));
  const inv = room([rows, 1]);
  const mask = () => /** @type {tf.Tensor2D} */ (maskOf(key, [rows, width]));
  const forward = {
    host: () => void layerNorm({ x, residual, key, gamma, beta, epsilon: 1e-12 }),
    ...each((k) =>
      k.layerNorm(
        ...[rows, width, at(x), at(residual), heap.keyOf(key), at(gamma), at(beta), 1e-12],
        ...[at(y), at(normed), at(inv), scratch],
      ),
    ),
  };
  print('residual + dropout + layer norm', inTurn(forward), 'host');
  const saved = { normed, inverse: inv };
  const backward = {
    host: () => void layerNormGrad(residual, saved, gamma, key),
    ...each((k) =>
      k.layerNormGrad(
        ...[rows, width, at(residual), at(normed), at(inv), heap.keyOf(key), at(gamma)],
        ...[at(dx), at(y), at(dg), at(db), scratch],
      ),
    ),
  };
  print('its gradient', inTurn(backward), 'host');
  const draw = {
    host: () => void mask(),
    ...each((k) => k.dropoutMask(rows * width, heap.keyOf(key), 0, at(y), scratch)),
  };
  print('dropout mask [rows, width]', inTurn(draw), 'host');
  tf.dispose([x, residual, gamma, beta, y, normed, inverse, inv, dx, dg, db]);
}

{
  const [q, k, v, dc] = [0, 1, 2, 3].map(() => random([rows, width]));
  const [context, dq, dk, dv, p] = [q, q, q, q].map((like) => tf.zerosLike(like)).concat(room([pairs]));
  const shape = { offsets, heads };
  const sizes = [rows, lengths.length, heads, depth];
  const forward = {
    host: () => void attend({ q, k, v }, shape, key),
    ...each((e) =>
      e.attend(
        ...[...sizes, heap.integers(offsets)[0], at(q), at(k), at(v), heap.keyOf(key)],
        ...[at(context), at(p), scratch],
      ),
    ),
  };
  print('attention with dropout', inTurn(forward), 'host');
  const saved = attend({ q, k, v }, shape, key);
  const backward = {
    host: () => void attendGrad(dc, { q, k, v }, shape, key, saved),
    ...each((e) =>
      e.attendGrad(
        ...[...sizes, heap.integers(offsets)[0], at(dc), at(q), at(k), at(v), at(p), heap.keyOf(key)],
        ...[at(dq), at(dk), at(dv), scratch],
      ),
    ),
  };
  print('its gradient', inTurn(backward), 'host');
  tf.dispose([q, k, v, dc, context, dq, dk, dv, p, ...Object.values(saved)]);
}

{
  const tables = { word: random([vocabulary, width]), position: random([places, width]), type: random([2, width]) };
  const ids = Int32Array.from({ length: rows }, (_, n) => (n * 37) % vocabulary);
  const positions = Int32Array.from({ length: rows }, (_, n) => n % 30);
  const [ds, out, table] = [random([rows, width]), room([rows, width]), room([vocabulary, width])];
  const forward = {
    host: () => void embed(tables, { ids, positions }),
    ...each((k) => {
      const [i, p] = heap.integers(ids, positions);
      k.embed(rows, width, i, p, at(tables.word), at(tables.position), at(tables.type), at(out));
    }),
  };
  print('three embeddings', inTurn(forward), 'host');
  const backward = {
    host: () => void embedGrad(ds, tables, { ids, positions }),
    ...each((k) => {
      const [i, p, zero] = heap.integers(ids, positions, new Int32Array(rows));
      k.scatterAdd(rows, width, i, at(ds), vocabulary, at(table));
      k.scatterAdd(rows, width, p, at(ds), places, at(table));
      k.scatterAdd(rows, width, zero, at(ds), 2, at(table));
    }),
  };
  print('their gradients', inTurn(backward), 'host');
  const [z, dz] = [random([rows, tags]), room([rows, tags])];
  const labels = Int32Array.from({ length: rows }, (_, n) => (n % 3 === 0 ? -100 : n % tags));
  const loss = {
    host: () => void crossEntropy(z, labels, 100),
    ...each((k) => k.crossEntropy(rows, tags, at(z), heap.integers(labels)[0], 0.01, at(dz))),
  };
  print('cross-entropy', inTurn(loss), 'host');
  tf.dispose([...Object.values(tables), ds, out, table, z, dz]);
}

{
  const shape = [width, inner];
  const [g, clip] = [random(shape), tf.scalar(1)];
  let state = { value: random(shape), moment1: room(shape), moment2: room(shape) };
  const [p, m, v] = [random(shape), room(shape), room(shape)];
  const settings = { learningRate: 1e-4, decay: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, t: 10 };
  const update = {
    host: () => {
      state = adamw(state, g, clip, settings);
      for (const tensor of Object.values(state)) tf.keep(tensor);
    },
    ...each((k) =>
      k.adamw(width * inner, at(p), at(m), at(v), at(g), at(p), 1, 1 - 1e-6, 1.5e-4, 10, 0.9, 0.999, 1e-8),
    ),
  };
  print(`AdamW [${String(width)}, ${String(inner)}]`, inTurn(update), 'host');
  const norm = { host: () => void globalNorm([g]), ...each((k) => k.sumOfSquares(width * inner, at(g))) };
  print('sum of squares', inTurn(norm), 'host');
  tf.dispose([g, clip, p, m, v, ...Object.values(state)]);
}

/** The matrix products of a step: four of [width, width] and two of [width, inner] a layer, each three times. */
const productFlops = (/** @type {number} */ layers) =>
  6 * rows * layers * (4 * width * width + 2 * width * inner) + 6 * rows * width * tags;

console.log('\nA training step from the kernels alone: forward, backward, norm, AdamW');
for (const layers of [2, 6]) {
  const results = inTurn(each(stepOf(layers)));
  for (const [name, { min, median }] of Object.entries(results)) {
    console.log(
      `| ${name} | ${String(layers)} layers | ${min.toFixed(1)}/${median.toFixed(1)} ms | ${((1000 * tokens) / median).toFixed(0)} pieces/s | ` +
        `${(productFlops(layers) / min / 1e6).toFixed(1)} GFLOP/s of matrix products |`,
    );
  }
}

console.log('\nWhat each kernel takes of the step with 6 layers, processor time');
{
  const [name, kernels] = builds[builds.length - 1];
  /** @type {Record<string, number>} */
  const spent = {};
  const timed = Object.fromEntries(
    Object.entries(kernels).map(([what, kernel]) => [
      what,
      (/** @type {number[]} */ ...args) => {
        const start = process.cpuUsage();
        const result = kernel(...args);
        const { user, system } = process.cpuUsage(start);
        spent[what] = (spent[what] ?? 0) + user + system;
        return result;
      },
    ]),
  );
  const step = stepOf(6);
  for (let round = 0; round < repeats; round++) step(/** @type {typeof kernels} */ (/** @type {unknown} */ (timed)));
  const total = Object.values(spent).reduce((sum, time) => sum + time, 0);
  const shares = Object.entries(spent)
    .toSorted(([, a], [, b]) => b - a)
    .map(([what, time]) => `${what} ${((100 * time) / total).toFixed(1)} %`);
  console.log(`${name}: ${shares.join(', ')}`);
}

/** @param {number} layers @returns {(kernels: import('../src/engine/wasm/exports.ts').KernelExports) => void} */
function stepOf(layers) {
  const wide = () => at(tf.keep(random([rows, width])));
  const vector = (/** @type {number} */ n) => at(tf.keep(random([n])));
  const linear = (/** @type {number} */ i, /** @type {number} */ o) => {
    const [w, dw, m, v] = [0, 1, 2, 3].map(() => at(tf.keep(tf.mul(tf.abs(random([i, o])), 0.02))));
    return { i, o, w, dw, m, v, b: vector(o), db: vector(o) };
  };
  const norm = () => ({ g: vector(width), b: vector(width), dg: vector(width), db: vector(width) });
  const blocks = Array.from({ length: layers }, () => ({
    ...{ q: linear(width, width), k: linear(width, width), v: linear(width, width), o: linear(width, width) },
    ...{ up: linear(width, inner), down: linear(inner, width), first: norm(), second: norm() },
    ...{ x: wide(), qx: wide(), kx: wide(), vx: wide(), context: wide(), mixed: wide(), attended: wide() },
    ...{ n1: wide(), n2: wide(), i1: vector(rows), i2: vector(rows), p: vector(pairs) },
    ...{ inner: vector(rows * inner), activated: vector(rows * inner) },
  }));
  const head = linear(width, tags);
  const tables = { ...linear(vocabulary, width), positions: vector(places * width), types: vector(2 * width) };
  const [top, dx, ds, da, dq, dk, dv] = [0, 1, 2, 3, 4, 5, 6].map(wide);
  const [dinner, z, dz, n0, i0] = [rows * inner, rows * tags, rows * tags, rows * width, rows].map(vector);
  const embedNorm = norm();
  const ids = Int32Array.from({ length: rows }, (_, n) => (n * 37) % vocabulary);
  const positions = Int32Array.from({ length: rows }, (_, n) => n % 30);
  const labels = Int32Array.from({ length: rows }, (_, n) => (n % 3 === 0 ? -100 : n % tags));
  const linears = [...blocks.flatMap(({ q, k, v, o, up, down }) => [q, k, v, o, up, down]), head, tables];
  const sizes = [rows, lengths.length, heads, depth];

  return (e) => {
    const drop = (/** @type {number} */ site) => heap.keyOf({ ...key, site });
    const [pIds, pPositions, pLabels, pOffsets] = heap.integers(ids, positions, labels, offsets);
    const forward = (/** @type {ReturnType<typeof linear>} */ l, /** @type {number} */ x, /** @type {number} */ y) =>
      e.matmul(rows, l.o, l.i, x, l.w, y, l.b, scratch);
    /** @param {ReturnType<typeof linear>} l @param {number} dy @param {number} x @param {number} to @param {0 | 1} add */
    const backward = (l, dy, x, to, add) => {
      e.matmulTN(l.i, l.o, rows, x, dy, l.dw, 0, scratch);
      e.sumRows(rows, l.o, dy, l.db, scratch);
      e.matmulNT(rows, l.i, l.o, dy, l.w, to, add, scratch);
    };
    e.embed(rows, width, pIds, pPositions, tables.w, tables.positions, tables.types, dx);
    const first = blocks[0].x;
    e.layerNorm(rows, width, dx, 0, 0, embedNorm.g, embedNorm.b, 1e-12, first, n0, i0, scratch);
    e.dropout(rows * width, first, drop(0), first, scratch);
    blocks.forEach((b, l) => {
      forward(b.q, b.x, b.qx);
      forward(b.k, b.x, b.kx);
      forward(b.v, b.x, b.vx);
      e.attend(...sizes, pOffsets, b.qx, b.kx, b.vx, drop(3 * l + 1), b.context, b.p, scratch);
      forward(b.o, b.context, b.mixed);
      e.layerNorm(
        rows,
        width,
        b.mixed,
        b.x,
        drop(3 * l + 2),
        b.first.g,
        b.first.b,
        1e-12,
        b.attended,
        b.n1,
        b.i1,
        scratch,
      );
      forward(b.up, b.attended, b.inner);
      e.activate(rows * inner, 0, b.inner, b.activated);
      forward(b.down, b.activated, b.mixed);
      const next = blocks[l + 1]?.x ?? top;
      e.layerNorm(
        rows,
        width,
        b.mixed,
        b.attended,
        drop(3 * l + 3),
        b.second.g,
        b.second.b,
        1e-12,
        next,
        b.n2,
        b.i2,
        scratch,
      );
    });
    forward(head, top, z);
    e.crossEntropy(rows, tags, z, pLabels, 0.01, dz);
    backward(head, dz, top, dx, 0);
    for (let l = layers - 1; l >= 0; l--) {
      const b = blocks[l];
      e.layerNormGrad(
        rows,
        width,
        dx,
        b.n2,
        b.i2,
        drop(3 * l + 3),
        b.second.g,
        ds,
        dx,
        b.second.dg,
        b.second.db,
        scratch,
      );
      backward(b.down, ds, b.activated, dinner, 0);
      e.activateGrad(rows * inner, 0, dinner, b.inner, dinner);
      backward(b.up, dinner, b.attended, dx, 1);
      e.layerNormGrad(rows, width, dx, b.n1, b.i1, drop(3 * l + 2), b.first.g, ds, dx, b.first.dg, b.first.db, scratch);
      backward(b.o, ds, b.context, da, 0);
      e.attendGrad(...sizes, pOffsets, da, b.qx, b.kx, b.vx, b.p, drop(3 * l + 1), dq, dk, dv, scratch);
      backward(b.q, dq, b.x, dx, 1);
      backward(b.k, dk, b.x, dx, 1);
      backward(b.v, dv, b.x, dx, 1);
    }
    e.dropout(rows * width, dx, drop(0), dx, scratch);
    e.layerNormGrad(rows, width, dx, n0, i0, 0, embedNorm.g, 0, ds, embedNorm.dg, embedNorm.db, scratch);
    e.scatterAdd(rows, width, pIds, ds, vocabulary, tables.dw);
    let squares = 0;
    for (const l of linears) squares += e.sumOfSquares(l.i * l.o, l.dw);
    const clip = Math.min(1, 1 / (Math.sqrt(squares) + 1e-6));
    for (const l of linears) {
      e.adamw(l.i * l.o, l.w, l.m, l.v, l.dw, l.w, clip, 1 - 1e-9, 1e-9, 10, 0.9, 0.999, 1e-8);
    }
  };
}
