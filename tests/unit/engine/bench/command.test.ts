import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { parseWords } from '../../../../src/cli/args.ts';
import { partsOf } from '../../../../src/cli/bench/profile.ts';
import { bench } from '../../../../src/cli/commands/bench.ts';
import { createTerminal } from '../../../../src/cli/terminal/terminal.ts';

/** Runs `vermeil bench …`; gives what it printed. */
async function run(...words: string[]) {
  const printed = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        printed[name] += chunk.toString();
        done();
      },
    });
  const json = words.includes('--json');
  const terminal = createTerminal({ out: into('out'), err: into('err'), json, now: () => performance.now() });
  const code = await bench.run(parseWords(bench, words), terminal);
  return { code, ...printed };
}

const row = v.looseObject({
  what: v.string(),
  layers: v.number(),
  hidden: v.number(),
  batch: v.number(),
  tokens: v.number(),
  tokensPerSecond: v.number(),
  stepMs: v.number(),
  gflops: v.number(),
  ratioToPlainTfjs: v.nullable(v.number()),
});
const answer = v.looseObject({ device: v.string(), adapter: v.string(), rows: v.array(row) });

describe('vermeil bench', () => {
  it('times both sides and both lines of growth', async () => {
    const { code, out, err } = await run('--quick', '--device', 'wasm', '--hidden', '32', '--batch', '2', '--json');
    expect(code).toBe(0);
    const { device, rows } = v.parse(answer, JSON.parse(out));
    expect(device).toBe('wasm');
    expect(rows.map(({ what, layers, hidden }) => [what, layers, hidden])).toEqual([
      ['training step', 1, 32],
      ['plain tfjs', 1, 32],
      ['sequence length', 2, 32],
      ['sequence length', 2, 32],
      ['batch size', 2, 32],
      ['batch size', 2, 32],
    ]);
    const [ours, plain] = rows;
    expect(ours!.tokens).toBe(plain!.tokens);
    expect(ours!.ratioToPlainTfjs! * ours!.stepMs).toBeCloseTo(plain!.stepMs);
    expect(ours!.tokensPerSecond * ours!.stepMs).toBeCloseTo(1000 * ours!.tokens);
    expect(rows.slice(2).map(({ tokens }) => tokens)).toEqual([64, 64, 16, 32]);
    expect(err).toContain('hidden 32');
  });

  it.each([
    [['--device', 'cpu', '--skip', 'plan'], '--skip plan is not known'],
    [['--device', 'cpu', '--hidden', '100'], '--hidden 100 does not do'],
    [['--device', 'cpu', '--clock', 'sun'], '--clock sun is not known'],
  ])('refuses %j', async (words, sentence) => {
    await expect(run('--quick', ...words)).rejects.toThrow(sentence);
  });
});

describe('a profile', () => {
  const node = (id: number, functionName: string, children: number[] = [], url = 'file:///vermeil.mjs') => ({
    id,
    callFrame: { functionName, scriptId: '1', url, lineNumber: 0, columnNumber: 0 },
    children,
  });

  it('counts a sample for the outermost operation and the innermost named function', () => {
    const nodes = [
      node(1, '(root)', [2, 9, 10, 11]),
      node(2, 'forward', [3, 7]),
      node(3, 'linear$1', [4]),
      node(4, 'batchMatMul', [5]),
      node(5, '', [6]),
      node(6, 'wasm-function[7]', [], 'wasm://wasm/1'),
      node(7, 'attend', [8]),
      node(8, 'linear'),
      node(9, '(idle)'),
      node(10, '(garbage collector)'),
      node(11, 'processImmediate', [], 'node:internal/timers'),
    ];
    const profile = {
      nodes,
      startTime: 0,
      endTime: 0,
      samples: [6, 4, 8, 9, 10, 2, 11],
      timeDeltas: [30, 20, 25, 99, 15, 10, 99],
    };
    const shares = partsOf(profile).map(({ operation, share, inside }) => [operation, share, inside]);
    expect(shares).toEqual([
      ['linear, forward', 0.5, [{ name: 'batchMatMul', share: 0.5 }]],
      ['attention, forward', 0.25, [{ name: 'linear', share: 0.25 }]],
      ['garbage collector', 0.15, [{ name: '(garbage collector)', share: 0.15 }]],
      ['everything else', 0.1, [{ name: 'forward', share: 0.1 }]],
    ]);
  });
});
