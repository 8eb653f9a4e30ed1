// One encoder layer, forward and backward, against jax-js (npm @jax-js/jax): the same weights, the same batch without padding,
// float32, no dropout, loss and gradients of all parameters, by turns, compiled by `jit`.
//
//     node bench/jax-js.mjs [--device wasm|webgpu] [--hidden 384] [--sequences 16] [--length 32] [--repeats 10]
//
// jax-js is not among Vermeil's packages. Lay it somewhere and name it (1.7 MB, no dependencies; run with 0.1.25):
//
//     npm install --prefix /tmp/jax @jax-js/jax && export VERMEIL_JAX=/tmp/jax/node_modules/@jax-js/jax
//
// Both have relaxed SIMD on wasm where V8 has it. In Node 20 neither has threads. webgpu: see support/sources.mjs.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import v8 from 'node:v8';
import { cpuMs, importSource, median, nodeGpu, optionsOf, wasmPath } from './support/sources.mjs';

const options = optionsOf({ device: 'wasm', hidden: 384, sequences: 16, length: 32, repeats: 10, relaxed: 1 });
if (options.relaxed === 1) v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
const { device, repeats, ...sizes } = options;

const { openEncoderLayer } = await importSource('support/encoderLayer.ts');
const ours = await openEncoderLayer(device, sizes, { wasmPath, gpu: nodeGpu });
const jaxPath = process.env.VERMEIL_JAX;
const jax = await import(jaxPath === undefined ? '@jax-js/jax' : pathToFileURL(join(jaxPath, 'dist/index.js')).href);
const { numpy: np, nn, lax } = jax;
const opened = await jax.init(device);
if (!opened.includes(device)) throw new Error(`jax-js has no ${device} here; it has ${opened.join(', ')}`);
jax.defaultDevice(device);

const { hidden, heads, layerNormEps } = ours.config;
const [B, T, A, D] = [sizes.sequences, sizes.length, heads, hidden / heads];
const N = B * T;
const array = ({ shape, values }) => np.array(values, { shape: [...shape] });
const parameters = () => Object.fromEntries([...ours.weights].map(([name, weight]) => [name, array(weight)]));
const hot = (indexes, classes) => {
  const values = new Float32Array(indexes.length * classes);
  indexes.forEach((index, row) => {
    if (index >= 0) values[row * classes + index] = 1;
  });
  return np.array(values, { shape: [indexes.length, classes] });
};
const ids = ours.sequences.flatMap((one) => [...one.ids]);
const labels = ours.sequences.flatMap((one) => [...one.labels]);
const batch = {
  ids: hot(ids, ours.config.vocab),
  places: hot(
    ids.map((_, row) => row % T),
    T,
  ),
  labels: hot(labels, ours.weights.get('classifier.bias').shape[0]),
};
const labelled = labels.filter((label) => label >= 0).length;

// jax-js counts references: whatever is used more than once is passed on as `.ref` but for the last time.
const dense = (p, name, x) => np.matmul(x, p[`${name}.weight`].transpose()).add(p[`${name}.bias`]);
const norm = (p, name, x) => {
  const centred = x.ref.sub(x.mean(-1, { keepdims: true }));
  const variance = centred.ref.mul(centred.ref).mean(-1, { keepdims: true });
  return centred
    .div(np.sqrt(variance.add(layerNormEps)))
    .mul(p[`${name}.weight`])
    .add(p[`${name}.bias`]);
};
const split = (x) => x.reshape([B, T, A, D]).transpose([0, 2, 1, 3]);
const at = (rest) => `encoder.layer.0.${rest}`;
const lossOf = (p, { ids: words, places, labels: wanted }) => {
  const embedded = np
    .matmul(words, p['embeddings.word_embeddings.weight'])
    .add(np.matmul(places, p['embeddings.position_embeddings.weight']))
    .add(p['embeddings.token_type_embeddings.weight']);
  const x = norm(p, 'embeddings.LayerNorm', embedded);
  const [q, k, v] = ['query', 'key', 'value'].map((part) => split(dense(p, at(`attention.self.${part}`), x.ref)));
  const scores = np.matmul(q, k.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(D));
  const context = np.matmul(nn.softmax(scores, -1), v).transpose([0, 2, 1, 3]).reshape([N, hidden]);
  const mixed = dense(p, at('attention.output.dense'), context);
  const attended = norm(p, at('attention.output.LayerNorm'), x.add(mixed));
  const inner = dense(p, at('intermediate.dense'), attended.ref);
  const raised = inner.ref.mul(0.5).mul(lax.erf(inner.mul(Math.SQRT1_2)).add(1));
  const y = norm(p, at('output.LayerNorm'), attended.add(dense(p, at('output.dense'), raised)));
  const logProbabilities = nn.logSoftmax(dense(p, 'classifier', y), -1);
  return logProbabilities
    .mul(wanted)
    .sum()
    .mul(-1 / labelled);
};
const both = jax.jit(jax.valueAndGrad(lossOf));
const held = parameters();
const refs = (tree) => Object.fromEntries(Object.entries(tree).map(([name, one]) => [name, one.ref]));
async function theirStep() {
  const [loss, gradients] = both(refs(held), refs(batch));
  await jax.blockUntilReady(Object.values(gradients).map((one) => one.ref));
  const [value] = await loss.data();
  for (const one of Object.values(gradients)) one.dispose();
  return value;
}

const [ourLoss, theirLoss] = [await ours.step(), await theirStep()];
const [value, gradients] = both(refs(held), refs(batch));
value.dispose();
const ourGradients = await ours.gradients();
let [squares, squaresApart] = [0, 0];
for (const [name, gradient] of Object.entries(gradients)) {
  const [theirs, mine] = [await gradient.data(), ourGradients.get(name)?.values];
  if (mine?.length !== theirs.length) throw new Error(`${name}: gradients of different sizes`);
  theirs.forEach((one, i) => {
    squares += one ** 2;
    squaresApart += (one - mine[i]) ** 2;
  });
}
const lossApart = Math.abs(ourLoss - theirLoss) / Math.abs(theirLoss);
const gradientsApart = Math.sqrt(squaresApart / squares);
console.log(
  `loss ${ourLoss.toFixed(6)} and ${theirLoss.toFixed(6)}, all gradients ${gradientsApart.toExponential(1)} of their norm apart`,
);
if (!(lossApart < 1e-3 && gradientsApart < 1e-3)) {
  console.log('The two do not compute the same.');
  process.exit(1);
}

const times = { ours: [], theirs: [] };
const now = device === 'webgpu' ? () => performance.now() : cpuMs;
for (let i = 0; i <= repeats; i++) {
  for (const [side, step] of [
    ['ours', ours.step],
    ['theirs', theirStep],
  ]) {
    const startedAt = now();
    await step();
    if (i > 0) times[side].push(now() - startedAt);
  }
}
const flops = 6 * N * 12 * hidden ** 2 + 12 * hidden * N * T;
console.log(
  `${device} (${ours.adapter}), hidden ${hidden}, ${B} × ${T} pieces, ${repeats} repeats, ${device === 'webgpu' ? 'wall' : 'processor'} time`,
);
console.log('| | ms | min | GFLOP/s |');
console.log('|---|---|---|---|');
for (const [side, ms] of [
  ['ours', times.ours],
  ['jax-js', times.theirs],
]) {
  console.log(
    `| ${side} | ${median(ms).toFixed(1)} | ${Math.min(...ms).toFixed(1)} | ${(flops / median(ms) / 1e6).toFixed(1)} |`,
  );
}
console.log(`jax-js ÷ ours: ${median(times.theirs.map((ms, i) => ms / times.ours[i])).toFixed(2)}`);
process.exit(); // Dawn would keep Node alive
