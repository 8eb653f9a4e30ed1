// What looking at sentences with both labels adds to a run on the sample, on wasm: processor time of the looks by that of all
// else, within one run.
//
//     node bench/watch.mjs [--layers 2] [--batch 16]
import { cpuMs, importSource, optionsOf, publicFolder, wasmPath } from './support/sources.mjs';

const { layers, batch } = optionsOf({ layers: 2, batch: 16 });
const { openWatchedRuns } = await importSource('support/watchedRuns.ts');
const run = await openWatchedRuns(publicFolder, layers, { wasmPath }, cpuMs);
await run({ regimen: 'gold-only', steps: 5, batchSize: batch }); // compiles
for (const regimen of ['gold-only', 'silver-only', 'simple-mix']) {
  for (const steps of [20, 40, 75, null]) {
    const { looks, sentences, lookMs, stepMs, wholeMs } = await run({ regimen, steps, batchSize: batch });
    const percent = (ms) => `${((100 * lookMs) / ms).toFixed(1)} %`;
    console.log(
      `${regimen}, ${steps ?? 'usual'} steps: ${looks} looks at ${sentences} sentences, ${percent(stepMs)} of its steps, ` +
        `${percent(wholeMs - lookMs)} of the run without them`,
    );
  }
}
process.exit(0);
