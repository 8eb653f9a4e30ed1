// Our wasm kernels against tfjs-wasm's matMul and the host loops over the same heap, operation by operation, then in a whole
// training step of MiniLM's width; taken in turn. The last column is what an operation takes of the step by 6 layers.
//
//     node bench/wasm-kernels.mjs [--fma 0|1] [--repeats 9]        --fma 0: the build without relaxed SIMD
//
// Times are min / median of processor time, so that waiting for a core that others use does not count.
import { cpus, loadavg } from 'node:os';
import v8 from 'node:v8';
import { cpuMs, importSource, median, optionsOf, wasmPath } from './support/sources.mjs';

const { fma, repeats } = optionsOf({ fma: 1, repeats: 9 });
const enableRelaxedSimd = () => v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
const { openWasmBench } = await importSource('support/wasmKernels.ts');
const bench = await openWasmBench(fma === 1 ? { wasmPath, enableRelaxedSimd } : { wasmPath });
const { pieces, rows } = bench;
console.log(`${cpus()[0].model}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}, wasm: ${bench.adapter}`);
console.log(`${pieces} pieces in ${rows} rows, min / median of ${repeats}\n`);

const layers = 6;
const steps = new Map([2, layers].map((count) => [count, compare(bench.step(count))]));
const whole = steps.get(layers);
const share = (times, calls, of) => `${((100 * calls * median(times)) / median(of)).toFixed(1)} %`;

console.log(
  '| operation | before | ours | ratio | of the step before | of ours |\n| --- | --- | --- | --- | --- | --- |',
);
for (const { what, calls, flops, compared } of bench.operations(layers)) {
  const { before, ours } = compare(compared);
  const shares = `${share(before, calls, whole.before)} | ${share(ours, calls, whole.ours)}`;
  console.log(`| ${what} | ${cell(before, flops)} | ${cell(ours, flops)} | ${ratio(before, ours)} | ${shares} |`);
}
console.log(
  '\n| step | before | ours | ratio | pieces/s before | ours | matrix products of ours |\n|' + ' --- |'.repeat(7),
);
for (const [count, { before, ours }] of steps) {
  const [slow, fast] = [before, ours].map((times) => ((1000 * pieces) / median(times)).toFixed(0));
  const rate = `${(bench.productFlops(count) / median(ours) / 1e6).toFixed(1)} GFLOP/s`;
  console.log(
    `| ${count} layers | ${cell(before)} | ${cell(ours)} | ${ratio(before, ours)} | ${slow} | ${fast} | ${rate} |`,
  );
}

/** Processor time of both sides in turn, after two rounds that do not count. */
function compare(sides) {
  const times = { before: [], ours: [] };
  for (let round = -2; round < repeats; round++) {
    for (const side of ['before', 'ours']) {
      const start = cpuMs();
      sides[side]();
      if (round >= 0) times[side].push(cpuMs() - start);
    }
  }
  return times;
}

function cell(times, flops) {
  const least = Math.min(...times);
  const rate = flops === undefined ? '' : `, ${(flops / least / 1e6).toFixed(1)} GFLOP/s`;
  return `${least.toFixed(3)} / ${median(times).toFixed(3)} ms${rate}`;
}

function ratio(before, ours) {
  return `×${(median(before) / median(ours)).toFixed(2)}`;
}
