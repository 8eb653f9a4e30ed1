import { Session, type Profiler } from 'node:inspector';
import { promisify } from 'node:util';

/** Functions of the product whose time counts for one part of a step, with all that they call. */
const operations: Readonly<Record<string, string>> = {
  linear: 'linear, forward',
  linearGrad: 'linear, backward',
  attend: 'attention, forward',
  attendGrad: 'attention, backward',
  layerNorm: 'LayerNorm, forward',
  layerNormGrad: 'LayerNorm, backward',
  activate: 'activation, forward',
  activateGrad: 'activation, backward',
  embed: 'embeddings, forward',
  embedGrad: 'embeddings, backward',
  crossEntropy: 'cross-entropy',
  maskOf: 'dropout',
  dropout: 'dropout',
  globalNorm: 'global norm',
  clipFactor: 'global norm',
  adamw: 'AdamW',
};
const rest = 'everything else';

/** A part of a step with its share of the time, 0 … 1, and the functions in it that take the most, shares of the same whole. */
export interface ProfilePart {
  readonly operation: string;
  readonly share: number;
  readonly inside: readonly { readonly name: string; readonly share: number }[];
}

/** Between two samples. */
const intervalUs = 250;

/**
 * Runs `body` under V8's sampling profiler and sorts its time by operation; time in which the thread only waits is left out.
 * On wasm and cpu that is where a step's time goes, on webgpu where the JavaScript of a step goes.
 */
export async function profileOf(body: () => Promise<void>): Promise<readonly ProfilePart[]> {
  const session = new Session();
  session.connect();
  const post = promisify((method: string, params: object, done: (error: Error | null, result?: object) => void) =>
    session.post(method, params, done),
  );
  try {
    await post('Profiler.enable', {});
    await post('Profiler.setSamplingInterval', { interval: intervalUs });
    await post('Profiler.start', {});
    await body();
    const { profile } = (await post('Profiler.stop', {})) as { profile: Profiler.Profile };
    return partsOf(profile);
  } finally {
    session.disconnect();
  }
}

/** Sorts a profile: each sample belongs to the outermost operation above it, and to the innermost function with a name. */
export function partsOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): readonly ProfilePart[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Map<number, number>();
  samples.forEach((id, i) => own.set(id, (own.get(id) ?? 0) + (timeDeltas[i] ?? 0)));
  const times = new Map<string, Map<string, number>>();
  const add = (operation: string, name: string, time: number) => {
    const inside = times.get(operation) ?? new Map<string, number>();
    times.set(operation, inside.set(name, (inside.get(name) ?? 0) + time));
  };
  const walk = (id: number, operation: string | null, name: string) => {
    const node = byId.get(id);
    if (node === undefined) return;
    const { functionName, url } = node.callFrame;
    // Waiting, and the inspector's own work when it starts and stops, which V8 shows as a call of Node's connection to it.
    if (functionName === '(idle)' || (functionName === 'dispatch' && url === '')) return;
    const plain = functionName.replace(/\$\d+$/, ''); // the bundler numbers names that occur twice
    const here = operation ?? (Object.hasOwn(operations, plain) ? operations[plain]! : null);
    const isGlue = plain === '' || plain === 'ccall' || url.startsWith('wasm:');
    const nearest = isGlue ? name : plain;
    // Dawn asks the GPU again and again from Node's immediates: that is waiting too, but what it calls back is not.
    const time = functionName === 'processImmediate' ? 0 : (own.get(id) ?? 0);
    if (time > 0) add(here ?? (functionName === '(garbage collector)' ? 'garbage collector' : rest), nearest, time);
    for (const child of node.children ?? []) walk(child, here, nearest);
  };
  if (nodes[0] !== undefined) walk(nodes[0].id, null, '');
  let total = 0;
  for (const inside of times.values()) for (const time of inside.values()) total += time;
  const parts = [...times].map(([operation, inside]): ProfilePart => {
    const functions = [...inside].map(([name, time]) => ({ name, share: time / total }));
    const share = functions.reduce((sum, one) => sum + one.share, 0);
    return { operation, share, inside: functions.sort((a, b) => b.share - a.share).slice(0, 3) };
  });
  return parts.sort((a, b) => b.share - a.share);
}
