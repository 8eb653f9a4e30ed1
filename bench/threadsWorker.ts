import * as tf from '@tensorflow/tfjs-core';
import * as wasm from '@tensorflow/tfjs-backend-wasm';
import { openWasmBench, type Operation } from './support/wasmKernels.ts';

/** What the worker is asked: to open, then to time one round of an operation, by its number, or of a step. */
export type Asked =
  | { readonly kind: 'open'; readonly side: Side; readonly threads: number }
  | { readonly kind: 'operation'; readonly number: number }
  | { readonly kind: 'step'; readonly layers: number };

/** Our kernels on threads of our own, or tfjs-wasm's products on those of tfjs. */
export type Side = 'ours' | 'tfjs';

export interface Opened {
  readonly adapter: string;
  readonly pieces: number;
  readonly rows: number;
  readonly operations: readonly Pick<Operation, 'what' | 'calls' | 'flops'>[];
}

const wasmPath = '/node_modules/@tensorflow/tfjs-backend-wasm/dist/';
/** Layers for which operations count their calls. */
const layers = 6;

let side: Side = 'ours';
let operations: readonly Operation[] = [];
let steps: ((layers: number) => () => void) | null = null;
const begun = new Map<number, () => void>();

async function open(wanted: Side, threads: number): Promise<Opened> {
  side = wanted;
  if (side === 'tfjs') {
    Object.defineProperty(navigator, 'hardwareConcurrency', { value: 2 * threads }); // tfjs takes no more than half of the cores
    wasm.setWasmPaths(wasmPath);
    wasm.setThreadsCount(threads);
    await tf.setBackend('wasm');
  }
  const bench = await openWasmBench({ wasmPath, threads: side === 'ours' ? threads : 1 });
  operations = [...bench.operations(layers)];
  steps = (count) => bench.step(count).ours;
  const adapter = side === 'ours' ? bench.adapter : `${String(wasm.getThreadsCount())} threads of tfjs`;
  return { adapter, pieces: bench.pieces, rows: bench.rows, operations: operations.map(told) };
}

function told({ what, calls, flops }: Operation) {
  return { what, calls, ...(flops === undefined ? {} : { flops }) };
}

/** Milliseconds of one call, from calls that take some milliseconds together. */
function time(work: () => void): number {
  const startedAt = performance.now();
  let count = 0;
  do {
    work();
    count++;
  } while (performance.now() - startedAt < 20);
  return (performance.now() - startedAt) / count;
}

function timeOperation(number: number): number {
  const { compared } = operations[number]!;
  return time(side === 'ours' ? compared.ours : compared.before);
}

function timeStep(count: number): number {
  const work = begun.get(count) ?? steps!(count);
  begun.set(count, work);
  return time(work);
}

addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  const answer = async (): Promise<unknown> => {
    if (data.kind === 'open') return open(data.side, data.threads);
    return data.kind === 'operation' ? timeOperation(data.number) : timeStep(data.layers);
  };
  void answer().then((result) => postMessage(result));
});
