import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scores } from '../../src/eval/scores.ts';
import { commands } from '../../src/cli/commands.ts';
import { noStatuses } from '../../src/llm/groundAnswers.ts';
import { layTinyFiles, sentencesIn, vermeil, workFolder } from './support/vermeil.ts';

const work = workFolder();
const write = (name: string, text: string) => {
  writeFileSync(join(work.path, name), text);
};
const read = (name: string) => readFileSync(join(work.path, name), 'utf8');
const run = (...words: string[]) => vermeil(work.path, ...words);

beforeAll(() => {
  layTinyFiles(work.path);
});
afterAll(() => {
  work.remove();
});

describe('help and wrong usage', () => {
  it('lists every command, and tells the defaults of each', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const unwrapped = stdout.replaceAll(/\n {8,}/g, ' ').replaceAll(/ +/g, ' ');
    for (const { name, summary } of commands) expect(unwrapped).toContain(`${name} ${summary}`);
    const help = await run('help', 'train');
    expect(help.stdout).toBe((await run('train', '--help')).stdout);
    expect(help.stdout).toMatch(/--lr N .*\n?[^-]*\(default: 0\.0003\)/);
    expect(help.stdout).toMatch(/--batch N .*\(default: 16\)/);
  });

  it('names what is wrong and the nearest right thing, with exit code 2', async () => {
    const cases: readonly (readonly [readonly string[], string, string])[] = [
      [['trian'], 'There is no command "trian".', 'Did you mean vermeil train?'],
      [['train', '--epoch-gold', '3'], 'vermeil train has no option --epoch-gold.', 'Did you mean --epochs-gold?'],
      [['serve', '--port'], '--port needs a value.', 'Write --port N.'],
      [['serve', '--port', '70000'], '--port 70000 does not do.', 'Give --port a whole number from 0 to 65535.'],
      [['convert', 'a.conll'], 'vermeil convert needs more file names.', 'Usage: vermeil convert IN OUT'],
      [['predict', '--in', 'x'], '--model is missing.', 'Give --model DIR'],
    ];
    for (const [words, what, next] of cases) {
      const { code, stdout, stderr } = await run(...words);
      expect(stderr).toContain(`vermeil: ${what}\n${next}`);
      expect([words.join(' '), code, stdout]).toEqual([words.join(' '), 2, '']);
    }
  });

  it('gives a failure as an object where --json is asked for', async () => {
    const { code, stdout } = await run('score', 'none.conll', 'gold.conll', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'file-missing',
        what: 'none.conll is not there.',
        next: 'Look at the name and the folder, then try again.',
      },
    });
  });
});

describe('score', () => {
  // The README of conlleval counts such files: word, other columns, gold, predicted.
  const columns = [
    ...['Anna NNP B-PER B-PER', 'Berg NNP I-PER I-PER', 'saw VB O O', 'Oslo NNP B-LOC I-LOC', ''],
    ...['The DT O O', 'Bank NNP B-ORG B-ORG', 'of IN I-ORG O', 'Rome NNP I-ORG B-LOC', ''],
  ];

  it('reads gold and predicted columns of one file, default and strict', async () => {
    write('columns.conll', columns.join('\n'));
    const { code, stdout } = await run('score', 'columns.conll', '--json');
    expect(code).toBe(0);
    const { default: byDefault, strict } = JSON.parse(stdout) as Scores;
    // Default: PER and LOC of Oslo are right of 3 gold and 4 predicted. Strict: I-LOC opens nothing.
    expect(byDefault.micro).toEqual({ precision: 2 / 4, recall: 2 / 3, f1: expect.closeTo(4 / 7, 12), support: 3 });
    expect(strict.micro).toEqual({ precision: 1 / 3, recall: 1 / 3, f1: 1 / 3, support: 3 });
    expect(byDefault.labels['LOC']).toEqual({ precision: 1 / 2, recall: 1, f1: 2 / 3, support: 1 });
    expect(strict.labels['LOC']).toEqual({ precision: 0, recall: 0, f1: 0, support: 1 });
  });

  it('scores two files alike, whatever their formats', async () => {
    const column = (n: number) =>
      columns.map((line) => (line === '' ? '' : `${line.split(' ')[0]!} ${line.split(' ')[n]!}`));
    write('g.conll', column(2).join('\n'));
    write('p.conll', column(3).join('\n'));
    const one = await run('score', 'columns.conll', '--json');
    expect((await run('score', 'g.conll', 'p.conll', '--json')).stdout).toBe(one.stdout);
    expect((await run('convert', 'g.conll', 'g.jsonl')).code).toBe(0);
    expect((await run('score', 'g.jsonl', 'p.conll', '--json')).stdout).toBe(one.stdout);
    const table = await run('score', 'g.conll', 'p.conll');
    expect(table.stdout).toMatch(/micro\s+0\.500\s+0\.667\s+0\.571\s+3\s+0\.333/);
  });

  it('names the first word that differs', async () => {
    write('other.conll', 'Anna B-PER\nBerg I-PER\nsaw O\nParis B-LOC\n\nThe O\nBank O\nof O\nRome O\n');
    const { code, stderr } = await run('score', 'g.conll', 'other.conll');
    expect(code).toBe(1);
    expect(stderr).toContain('sentence 1, word 4 is “Oslo” in g.conll and “Paris” in other.conll');
  });
});

describe('check and convert', () => {
  it('counts what a file holds and gives findings with their lines', async () => {
    write(
      'mixed.jsonl',
      '{"text": "Anna sings", "spans": [{"start": 0, "end": 4, "label": "PER"}]}\n\n{"text": 3}\nnot JSON\n{"text": "Ben sings"}\n',
    );
    const { code, stdout } = await run('check', 'mixed.jsonl', 'gold.conll', '--json');
    expect(code).toBe(0);
    const { files } = JSON.parse(stdout) as { files: readonly unknown[] };
    expect(files[0]).toEqual({
      name: 'mixed.jsonl',
      format: 'jsonl',
      sentences: 2,
      tokens: 4,
      entities: 1,
      labels: { PER: 1 },
      findings: [{ code: 'malformed-line', count: 2, lines: [3, 4] }],
    });
    expect(files[1]).toMatchObject({ name: 'gold.conll', format: 'conll', sentences: 12, labels: { LOC: 9, PER: 12 } });
    expect((await run('check', 'mixed.jsonl')).stdout).toMatch(
      /^mixed\.jsonl: jsonl, 2 sentences, 4 tokens, 1 entity \(PER 1\)\nmixed\.jsonl:3: /,
    );
  });

  it('goes on after a file that it cannot read, tells it, and ends with 1', async () => {
    const said = await run('check', 'none.conll', 'gold.conll');
    expect([said.code, said.stdout]).toEqual([1, expect.stringMatching(/^gold\.conll: conll, 12 sentences/)]);
    expect(said.stderr).toContain('none.conll');
    const { code, stdout } = await run('check', 'gold.conll', 'none.conll', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      files: [
        { name: 'gold.conll', sentences: 12 },
        { name: 'none.conll', error: { code: 'file-missing' } },
      ],
    });
    expect((await run('check', 'none.conll', 'no.conll')).stdout).toBe('');
  });

  it('turns CoNLL columns into JSON lines and back without loss', async () => {
    expect((await run('convert', 'gold.conll', 'there.jsonl')).code).toBe(0);
    expect((await run('convert', 'there.jsonl', 'back.conll')).code).toBe(0);
    expect(read('back.conll')).toBe(read('gold.conll'));
    const unknown = await run('convert', 'gold.conll', 'x.out', '--to', 'json1');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('Did you mean jsonl?');
  });

  it('writes a project bundle and reads it again', async () => {
    expect((await run('convert', 'gold.conll', 'gold.zip')).code).toBe(0);
    const { files } = JSON.parse((await run('check', 'gold.zip', '--json')).stdout) as { files: readonly unknown[] };
    expect(files).toMatchObject([
      { name: 'gold.zip/gold', format: 'bundle', sentences: 12, labels: { LOC: 9, PER: 12 } },
    ]);
    expect((await run('convert', 'gold.zip', 'out.conll', '--dataset', 'gold')).code).toBe(0);
    expect(read('out.conll')).toBe(read('gold.conll'));
    const wrong = await run('convert', 'gold.zip', 'out.conll', '--dataset', 'silver');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('Name one with --dataset: “gold”.')]);
  });
});

describe('ground', () => {
  it('labels sentences from raw answers, and leaves those with malformed ones unlabelled', async () => {
    write(
      'asked.jsonl',
      '{"id": "a", "text": "Anna met Anna in Oslo"}\n{"id": "b", "text": "Nobody"}\n{"id": "c", "text": "Rome"}\n',
    );
    const answer = (entities: unknown) => `Let me see.\n${JSON.stringify({ entities })}`;
    const lines = [
      {
        id: 'a',
        response: answer([
          { text: 'Anna', type: 'PER' },
          { text: 'oslo', type: 'LOC' },
          { text: 'Bergen', type: 'LOC' },
        ]),
      },
      { id: 'b', response: answer([]) },
      { id: 'c', response: 'I cannot say.' },
    ];
    write('answers.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
    const { code, stdout, stderr } = await run(
      ...['ground', '--text', 'asked.jsonl', '--answers', 'answers.jsonl', '--out', 'silver-made.jsonl', '--json'],
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      sentences: 3,
      spans: 2,
      statuses: { ...noStatuses(), exact: 1, folded: 1, 'not-found': 1, refused: 1 },
    });
    expect(stderr).toContain('answers.jsonl:1: warning: “Bergen”');
    const made = sentencesIn(read('silver-made.jsonl'));
    expect(made[0]?.spans).toEqual([
      { start: 0, end: 4, label: 'PER' },
      { start: 17, end: 21, label: 'LOC' },
    ]);
    expect(made[1]?.spans).toEqual([]);
    expect(made[2]).not.toHaveProperty('spans');
    const other = await run(
      ...['ground', '--text', 'asked.jsonl', '--answers', 'answers.jsonl', '--out', 'silver-made.jsonl'],
      ...['--labels', 'PER,ORG', '--json'],
    );
    expect(JSON.parse(other.stdout)).toMatchObject({ spans: 1, statuses: { 'unknown-label': 1, 'not-found': 1 } });
    expect(sentencesIn(read('silver-made.jsonl'))[0]).toMatchObject({ masked: [[17, 21]] });
  });

  it('lets several answers to one sentence vote, and measures the labels against gold', async () => {
    write('voted.jsonl', '{"id": "a", "text": "Anna met Olaf"}\n');
    write('probe.jsonl', '{"id": "a", "text": "Anna met Olaf", "spans": [{"start": 0, "end": 4, "label": "PER"}]}\n');
    const answers = [['Anna'], ['Anna', 'Olaf'], ['Anna', 'Olaf']].map((names, sample) =>
      JSON.stringify({ id: 'a', sample, response: JSON.stringify(names.map((name) => [name, 'PER'])) }),
    );
    write('samples.jsonl', answers.join('\n'));
    const ground = (...options: string[]) =>
      run(
        ...['ground', '--text', 'voted.jsonl', '--answers', 'samples.jsonl', '--out', 'voted-out.jsonl', '--json'],
        ...options,
      );
    const made = () => sentencesIn(read('voted-out.jsonl'))[0]!;
    const { stdout } = await ground('--gold', 'probe.jsonl');
    expect(JSON.parse(stdout)).toMatchObject({
      spans: 2,
      statuses: { exact: 5 },
      gate: { verdict: 'too-small', precision: { value: 0.5 }, recall: { value: 1 } },
    });
    expect(made()).toMatchObject({ spans: [{ start: 0 }, { start: 9 }] });
    await ground('--votes', 'span', '--threshold', '0.9');
    expect(made()).toMatchObject({ spans: [{ start: 0, end: 4 }], masked: [[9, 13]] });
    await ground('--votes', 'sentence', '--threshold', '0.9');
    expect(made()).not.toHaveProperty('spans');
    expect((await ground('--votes', 'most')).code).toBe(2);
  });
});
