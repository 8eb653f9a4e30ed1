import type { BenchPlan } from '../../engine/bench/runBench.ts';
import { headWidth } from '../../engine/bench/workload.ts';
import type { Device } from '../../engine/device.ts';
import { defaultConfig } from '../../run/config.ts';
import { numberOf, type Args } from '../args.ts';
import type { Option } from '../command.ts';
import { suggestion, usageError } from '../usage.ts';

const parts = ['plain', 'growth'] as const;

export const planOptions: readonly Option[] = [
  {
    name: 'layers',
    value: 'N,…',
    text: 'Encoder layers, one measurement for each.',
    many: true,
    fallback: '2,6; 2 on a GPU that the processor imitates',
  },
  {
    name: 'hidden',
    value: 'N,…',
    text: `Widths, multiples of ${String(headWidth)}; other than the checkpoint's they get random weights.`,
    many: true,
    fallback: "the checkpoint's; 128 on a GPU that the processor imitates",
  },
  { name: 'batch', value: 'N', text: 'Sentences of a batch.', fallback: String(defaultConfig.batchSize) },
  { name: 'max-tokens', value: 'N', text: 'Cut batches short at this many tokens.', fallback: 'no limit' },
  { name: 'repeats', value: 'N', text: 'Batches that are timed, each once by either side.', fallback: '3' },
  {
    name: 'clock',
    value: 'CLOCK',
    text: 'wall, or cpu: processor time of this process, which a busy machine hardly changes; not for webgpu.',
    fallback: 'wall',
  },
  { name: 'skip', value: 'PART', text: 'Leave out a part: plain, growth.', many: true },
  { name: 'quick', value: null, text: 'One repeat, 1 layer, 4 sentences, short lines: to see that it works.' },
];

/** The plan of the options. Throws `usage` for what no plan can be made of. */
export function planOf(args: Args, device: Device, checkpointHidden: number): BenchPlan {
  const quick = args.has('quick');
  const imitated = device.name === 'webgpu' && device.software;
  const whole = (name: string, min: number, fallback: number) => args.number(name, { min, whole: true }) ?? fallback;
  const skipped = args.list('skip', true);
  for (const part of skipped) {
    if (parts.some((known) => known === part)) continue;
    throw usageError(`--skip ${part} is not known.`, suggestion(part, parts, `Parts are ${parts.join(', ')}.`));
  }
  const repeats = whole('repeats', 1, quick ? 1 : 3);
  const { learningRate, weightDecay, clipNorm, seed, dropout, maxPieces, batchSize } = defaultConfig;
  return {
    layers: wantedLayers(args) ?? (quick ? [1] : imitated ? [2] : [2, 6]),
    hidden: widths(args, checkpointHidden) ?? [imitated ? 128 : checkpointHidden],
    batch: whole('batch', 1, quick ? 4 : batchSize),
    maxTokens: args.number('max-tokens', { min: 1, whole: true }),
    maxPieces,
    repeats,
    dropout,
    settings: { learningRate, weightDecay, clipNorm, seed },
    plain: !skipped.includes('plain'),
    growth: skipped.includes('growth') ? null : { ...(quick ? shortLines : lines), repeats },
  };
}

const lines = { lengths: [32, 64, 128, 256, 512], tokens: 512, batches: [4, 8, 16, 32, 64], length: 32 };
const shortLines = { lengths: [16, 32], tokens: 64, batches: [1, 2], length: 16 };

/** Names of the clocks, with milliseconds since some time past. */
const clocks = {
  wall: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
} as const;
export type ClockName = keyof typeof clocks;

/** The clock asked for. Throws `usage` for an unknown one, and for processor time where a GPU does the work. */
export function clockOf(args: Args, device: Device): { readonly name: ClockName; now(): number } {
  const name = args.text('clock') ?? 'wall';
  if (name !== 'wall' && name !== 'cpu') {
    throw usageError(`--clock ${name} is not known.`, 'Clocks are wall and cpu.');
  }
  if (name === 'cpu' && device.name === 'webgpu') {
    throw usageError('--clock cpu does not see the work of webgpu.', 'Leave it out, or choose --device wasm.');
  }
  return { name, now: clocks[name] };
}

/** Layers asked for, null where none are: also what decides how many the checkpoint is read with. */
export function wantedLayers(args: Args): readonly number[] | null {
  return numbers(args, 'layers', 1);
}

function widths(args: Args, checkpointHidden: number): readonly number[] | null {
  const wanted = numbers(args, 'hidden', headWidth);
  const odd = wanted?.find((width) => width !== checkpointHidden && width % headWidth !== 0);
  if (odd === undefined) return wanted;
  throw usageError(`--hidden ${String(odd)} does not do.`, `Give a multiple of ${String(headWidth)}.`);
}

function numbers(args: Args, name: string, min: number): readonly number[] | null {
  const given = args.list(name, true).map((text) => numberOf(name, text, { min, whole: true }));
  return given.length === 0 ? null : given;
}
