import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { wrapped } from '../../../src/cli/help.ts';
import { createTerminal } from '../../../src/cli/terminal/terminal.ts';
import { counted, duration, score, table } from '../../../src/cli/terminal/text.ts';

function sink(isTTY: boolean) {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString());
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns: 20 }), text: () => written.join('') };
}

function terminalOn(isTTY: boolean, json = false) {
  const [out, err] = [sink(false), sink(isTTY)];
  const clock = { ms: 0 };
  const terminal = createTerminal({ out: out.stream, err: err.stream, json, now: () => clock.ms });
  return { terminal, out, err, clock };
}

describe('terminal', () => {
  it('writes a line of progress every five seconds where lines cannot change', () => {
    const { terminal, err, clock } = terminalOn(false);
    for (const ms of [0, 1000, 4999, 5000, 9000, 10_000]) {
      clock.ms = ms;
      terminal.progress(`at ${String(ms)}`);
    }
    expect(err.text()).toBe('at 0\nat 5000\nat 10000\n');
  });

  it('keeps one line that changes on a terminal, cut to its width, and lays other lines above it', () => {
    const { terminal, err, clock } = terminalOn(true);
    terminal.progress('a line that is longer than the window');
    clock.ms = 50;
    terminal.progress('too soon');
    terminal.say('said');
    terminal.endProgress();
    const clear = '\r\u001b[2K';
    expect(err.text()).toBe(`${clear}a line that is long${clear}said\n${clear}too soon${clear}too soon\n`);
  });

  it('gives the text or the object, on stdout alone', () => {
    const [plain, json] = [terminalOn(false), terminalOn(false, true)];
    for (const { terminal } of [plain, json]) terminal.answer('text', { a: [1] });
    expect(plain.out.text()).toBe('text\n');
    expect(json.out.text()).toBe('{"a":[1]}\n');
    expect(json.err.text()).toBe('');
  });
});

describe('words', () => {
  it('tells times, counts and scores', () => {
    expect([0.4, 59.4, 59.6, 130, 3600, 3900].map(duration)).toEqual([
      '0 s',
      '59 s',
      '1 min',
      '2 min 10 s',
      '1 h 0 min',
      '1 h 5 min',
    ]);
    expect([counted(1, 'entity'), counted(2, 'entity'), counted(1000, 'sentence')]).toEqual([
      '1 entity',
      '2 entities',
      '1,000 sentences',
    ]);
    expect([score(0.6915), score(NaN), score(null)]).toEqual(['0.692', '–', '–']);
  });

  it('sets tables and wraps texts', () => {
    expect(table(['a', 'num'], [['long', '1']])).toBe('a     num\n────  ───\nlong    1');
    const lines = wrapped('word '.repeat(40).trim(), 4).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines.every((line, i) => line.length <= 100 && (i === 0 || line.startsWith('    word')))).toBe(true);
  });
});
