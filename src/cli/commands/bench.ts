import { availableParallelism, cpus, loadavg } from 'node:os';
import type { BenchRow, RowKind } from '../../engine/bench/rows.ts';
import { runBench, type BenchPlan } from '../../engine/bench/runBench.ts';
import type { Args } from '../args.ts';
import { clockOf, planOf, planOptions, wantedLayers, type ClockName } from '../bench/plan.ts';
import { profileOf, type ProfilePart } from '../bench/profile.ts';
import { growthTable, profileTable, stepTable } from '../bench/report.ts';
import type { Command, ExitCode } from '../command.ts';
import { readSample } from '../demo/sample.ts';
import { deviceNamed, openNodeDevice } from '../device.ts';
import { loadStart } from '../files/load.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { counted } from '../terminal/text.ts';

export const bench: Command = {
  name: 'bench',
  summary: 'Times training steps on a device, against plain tfjs in the same run.',
  usage: '[options]',
  about: [
    "Batches are those of the sample that comes with Vermeil, tokens are real ones. Ours and plain tfjs' steps take turns, batch by batch; each reads its loss before the clock stops. Step times are medians, min and best stand beside them.",
    'GFLOP/s counts the matrix products that a step needs: 6 N for each weight of a linear layer and 12 H Σ T² a layer for attention, over real tokens; “of matmul” is its share of the best rate of our own matmul, timed before and after. JS ms ends when the calls of a step have returned.',
    'Two lines show how cost grows at 2 layers: longer sequences with equally many tokens, and more sequences of one length. The cost of a token may rise by what attention’s products add, which is the last column.',
  ],
  positionals: [0, 0],
  options: [
    { name: 'device', value: 'NAME', text: 'wasm, webgpu or cpu.', fallback: 'the fastest' },
    ...planOptions,
    { name: 'profile', value: null, text: 'Also show what part of a step each operation takes.' },
    {
      name: 'checkpoint',
      value: 'DIR',
      text: 'Folder of a BERT in Hugging Face’s layout.',
      fallback: 'the shipped one',
    },
  ],
  examples: ['vermeil bench', 'vermeil bench --device webgpu --layers 6 --hidden 384 --max-tokens 128 --json'],
  run,
};

/** Shares by operation of one model. */
interface Profiled {
  readonly layers: number;
  readonly hidden: number;
  readonly parts: readonly ProfilePart[];
}

async function run(args: Args, terminal: Terminal): Promise<ExitCode> {
  const wanted = deviceNamed(args.text('device'));
  // The lines of growth have two layers.
  const read = Math.max(2, ...(wantedLayers(args) ?? [args.has('quick') ? 2 : 6]));
  const { checkpoint, name } = await loadStart(args.text('checkpoint'), read, terminal);
  const device = await openNodeDevice(wanted, terminal);
  const plan = planOf(args, device, checkpoint.config.hidden);
  const clock = clockOf(args, device);
  const machine = machineNow();
  for (const line of conditions(plan, name, clock.name, machine)) terminal.say(line);
  const { silver, gold } = await readSample();
  const sentences = [...silver, ...gold].filter(({ spans }) => spans !== null);
  const rows: BenchRow[] = [];
  const profiles: Profiled[] = [];
  let matmulGflops = 0;
  const profile = async ({ layers, hidden }: Omit<Profiled, 'parts'>, body: () => Promise<void>) => {
    profiles.push({ layers, hidden, parts: await profileOf(body) });
  };
  const input = { checkpoint, sentences, device, now: clock.now, ...(args.has('profile') ? { profile } : {}) };
  for await (const event of runBench(plan, input)) {
    if (event.kind === 'matmul') matmulGflops = Math.max(matmulGflops, event.gflops);
    else {
      rows.push(event.row);
      terminal.progress(`${event.row.what}: ${event.row.tokensPerSecond.toFixed(0)} tokens/s`);
    }
  }
  terminal.endProgress();
  const result = {
    device: device.name,
    adapter: device.adapter,
    software: device.software,
    matmulGflops,
    checkpoint: name,
    machine,
    clock: clock.name,
    settings: plan,
    rows,
    profiles,
  };
  terminal.answer(textOf(`${device.name} (${device.adapter})`, matmulGflops, rows, profiles), result);
  return 0;
}

/** What else decides a time. The load is that before the first step: above the number of cores, times are too long. */
function machineNow() {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    load: loadavg()[0] ?? 0,
    node: process.versions.node,
  };
}

function conditions(
  plan: BenchPlan,
  checkpoint: string,
  clock: ClockName,
  machine: ReturnType<typeof machineNow>,
): string[] {
  const { layers, hidden, batch, maxTokens, repeats, dropout, settings } = plan;
  const limit = maxTokens === null ? '' : `, at most ${String(maxTokens)} tokens`;
  const lines = [
    `machine: ${machine.processor}, ${String(machine.cores)} cores, load ${machine.load.toFixed(1)}, Node ${machine.node}`,
    `model: ${checkpoint}, layers ${layers.join(', ')}, hidden ${hidden.join(', ')}, dropout ${String(dropout)}`,
    `batches: ${String(batch)} sentences of the sample${limit}, ${counted(repeats, 'repeat')}; AdamW, decay ${String(settings.weightDecay)}, clipped at ${String(settings.clipNorm)}`,
  ];
  if (clock === 'cpu') lines.push('clock: processor time of this process, all its threads together');
  else if (machine.load > machine.cores / 2)
    lines.push('warning: the machine is busy: trust ratios and best times only');
  return lines;
}

function textOf(
  device: string,
  matmulGflops: number,
  rows: readonly BenchRow[],
  profiles: readonly Profiled[],
): string {
  const of = (...kinds: RowKind[]) => rows.filter(({ what }) => kinds.includes(what));
  const text = [`${device}, matmul ${matmulGflops.toFixed(1)} GFLOP/s`, stepTable(of('training step', 'plain tfjs'))];
  for (const { layers, hidden, parts } of profiles) {
    text.push(`Where the time goes, ${counted(layers, 'layer')} × ${String(hidden)}:\n${profileTable(parts)}`);
  }
  for (const kind of ['sequence length', 'batch size'] as const) {
    if (of(kind).length > 0) text.push(`Growth with ${kind}:\n${growthTable(of(kind))}`);
  }
  return text.join('\n\n');
}
