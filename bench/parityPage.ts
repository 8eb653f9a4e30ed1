import { openDevice } from '../src/engine/device.ts';
import {
  adamwErrors,
  curveErrors,
  gradientErrors,
  loadTiny,
  logitsError,
  tinyNames,
  type ReadGolden,
} from '../tests/support/goldenModel.ts';
import { shippedCurveErrors, shippedLogitsError } from '../tests/support/goldenShipped.ts';

interface Row {
  readonly what: string;
  readonly found: number;
  readonly bound: number;
}

function below(folder: string): ReadGolden {
  return async (path) => {
    const response = await fetch(`/${folder}/${path}`);
    if (!response.ok) throw new Error(`${String(response.status)} for ${folder}/${path}`);
    return new Uint8Array(await response.arrayBuffer());
  };
}

/** Told as they come: on SwiftShader the last one takes minutes. */
function add(rows: Row[], what: string, found: number, bound: number): void {
  rows.push({ what, found, bound });
  console.log(`${what}: ${found.toExponential(2)}`);
}

/** Every comparison of `tests/support/golden*.ts` on webgpu; a GPU error fails it. */
export async function parity(): Promise<{ adapter: string; rows: Row[] }> {
  const device = await openDevice('webgpu', { wasmPath: '/node_modules/@tensorflow/tfjs-backend-wasm/dist/' });
  const golden = below('tests/golden');
  const rows: Row[] = [];
  for (const name of tinyNames) {
    const tiny = await loadTiny(golden, name);
    add(rows, `${name} logits`, await logitsError(tiny), 1e-4);
    add(rows, `${name} gradients, share of what is allowed`, Math.max(...(await gradientErrors(tiny)).values()), 1);
    add(rows, `${name} loss curve`, (await curveErrors(golden, name)).loss, 1e-3);
  }
  for (const compact of [false, true]) {
    add(rows, `AdamW, ${compact ? 'compact' : 'full'} table`, (await adamwErrors(golden, compact)).value, 1e-6);
  }
  const files = { golden, public: below('public') };
  for (const layers of [2, 6] as const) {
    add(rows, `shipped, ${String(layers)} layers, logits`, await shippedLogitsError(files, layers), 1e-4);
  }
  const { loss } = await shippedCurveErrors(files, device, (step, value) => {
    if (step % 10 === 0) console.log(`step ${String(step)}, loss ${value.toFixed(4)}`);
  });
  add(rows, 'shipped, 2 layers, loss curve', loss, 1e-3);
  const failure = device.failure();
  if (failure !== null) throw failure;
  return { adapter: device.adapter, rows };
}
