import { describe, expect, it } from 'vitest';
import { parseWords } from '../../../src/cli/args.ts';
import type { Command } from '../../../src/cli/command.ts';
import { editDistance, nearest } from '../../../src/cli/nearest.ts';
import { AppError } from '../../../src/core/errors.ts';

const command = (positionals: readonly [number, number]): Command => ({
  name: 'make',
  summary: 'Makes.',
  usage: 'IN',
  positionals,
  options: [
    { name: 'gold', value: 'F', many: true, text: 'Files.' },
    { name: 'lr', value: 'N', text: 'Rate.' },
    { name: 'resume', value: null, text: 'Go on.' },
  ],
  examples: [],
  run: () => Promise.resolve(0),
});

function refusal(words: readonly string[], positionals: readonly [number, number] = [0, 0]): string {
  try {
    parseWords(command(positionals), words);
  } catch (error) {
    if (error instanceof AppError && error.code === 'usage') return `${error.message} ${String(error.detail['next'])}`;
    throw error;
  }
  return 'nothing';
}

describe('parseWords', () => {
  it('takes values after a name, after =, several after one name and by repeating it', () => {
    const args = parseWords(command([0, 0]), ['--gold', 'a', 'b', '--lr=3e-4', '--gold', 'c', '--resume']);
    expect(args.list('gold')).toEqual(['a', 'b', 'c']);
    expect(args.number('lr')).toBe(3e-4);
    expect(args.has('resume')).toBe(true);
    expect(args.has('json')).toBe(false);
    expect(args.positionals).toEqual([]);
  });

  it('leaves words to a command that has words of its own', () => {
    const args = parseWords(command([1, 2]), ['--gold', 'a', 'b', '--', '--lr']);
    expect(args.list('gold')).toEqual(['a']);
    expect(args.positionals).toEqual(['b', '--lr']);
  });

  it('parts a list at commas where asked', () => {
    const args = parseWords(command([0, 0]), ['--gold', '0,1', '2']);
    expect(args.list('gold', true)).toEqual(['0', '1', '2']);
  });

  it('refuses what it does not know, with what is near', () => {
    expect(refusal(['--glod', 'x'])).toBe('vermeil make has no option --glod. Did you mean --gold?');
    expect(refusal(['--zzzzz'])).toBe('vermeil make has no option --zzzzz. See vermeil help make.');
    expect(refusal(['-x'])).toBe('vermeil make has no option -x. See vermeil help make.');
    expect(refusal(['--lr'])).toBe('--lr needs a value. Write --lr N.');
    expect(refusal(['--lr', '--resume'])).toBe('--lr needs a value. Write --lr N.');
    expect(refusal(['--resume=yes'])).toBe('--resume takes no value. Write --resume alone.');
    expect(refusal(['--lr', '1', '--lr', '2'])).toBe('--lr is given 2 times. Give it once.');
    expect(refusal(['x'])).toContain('vermeil make does not know what to do with "x".');
    expect(refusal([], [1, 1])).toContain('vermeil make needs to be told what to read.');
  });

  it('reads numbers strictly', () => {
    const number = (text: string, range = {}) => parseWords(command([0, 0]), [`--lr=${text}`]).number('lr', range);
    expect(number('-1')).toBe(-1);
    expect(() => number('-1', { min: 0 })).toThrow('--lr -1 does not do.');
    expect(() => number('1.5', { whole: true })).toThrow('--lr 1.5 does not do.');
    expect(() => number('1e')).toThrow('--lr 1e does not do.');
    expect(() => number('Infinity')).toThrow('--lr Infinity does not do.');
  });
});

describe('nearest', () => {
  it('counts insertions, deletions, replacements and swaps of neighbours', () => {
    // Optimal string alignment distances, worked out by hand.
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('ca', 'abc')).toBe(3);
    expect(editDistance('trian', 'train')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('same', 'same')).toBe(0);
  });

  it('finds what was meant, and nothing where nothing is near', () => {
    const names = ['train', 'predict', 'score', 'serve'];
    expect(nearest('trian', names)).toBe('train');
    expect(nearest('pred', names)).toBe('predict');
    expect(nearest('Scores', names)).toBe('score');
    expect(nearest('xylophone', names)).toBeNull();
  });
});
