import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { faultKey } from '../support/faultBodies.ts';
import { shippedPrompts } from '../../src/llm/prompts/shipped.ts';
import { startFaultServer, type FaultServer, type FaultServerOptions } from '../support/faultServer.ts';
import { sentencesIn, startVermeil, vermeil, workFolder } from './support/vermeil.ts';

let work: ReturnType<typeof workFolder>;
let server: FaultServer;
beforeEach(() => {
  work = workFolder();
  process.env['FAULT_KEY'] = faultKey; // handed to the commands, which are children of this process
  writeFileSync(
    join(work.path, 'in.jsonl'),
    Array.from({ length: 12 }, (_, i) =>
      JSON.stringify({ id: `s${String(i)}`, text: `Anna met Ben in Rome ${String(i)} .` }),
    ).join('\n'),
  );
});
afterEach(async () => {
  delete process.env['FAULT_KEY'];
  delete process.env['OPENAI_API_KEY'];
  work.remove();
  await server.close();
});

const entities = '{"entities": [{"text": "Anna", "type": "PER"}, {"text": "Rome", "type": "LOC"}]}';

async function serve(options: FaultServerOptions = {}): Promise<void> {
  server = await startFaultServer({ answer: () => entities, ...options });
}

const words = (...more: string[]) => [
  ...['annotate', '--in', 'in.jsonl', '--out', 'out.jsonl', '--model', 'm', '--key-env', 'FAULT_KEY'],
  ...['--endpoint', server.endpoint('openai'), ...more],
];
const run = (...more: string[]) => vermeil(work.path, ...words(...more));
const read = (name: string) => readFileSync(join(work.path, name), 'utf8');

describe('vermeil annotate', () => {
  it('asks, grounds, keeps the raw answers, and lets the key out nowhere', async () => {
    await serve({ fault: (n) => (n === 3 ? 'html' : 'ok') });
    const { code, stdout, stderr } = await run('--json', '--price', '1,10', '--budget', '1');
    expect(stderr).toMatch(
      /plan: 12 requests, about [\d,]+ tokens in and 252 tokens out, about \$0\.0\d+, \$0\.\d+ at most/,
    );
    expect(code).toBe(0);
    const answer = JSON.parse(stdout) as { outcome: string; spans: number; progress: { spentUsd: number } };
    expect(answer).toMatchObject({
      outcome: 'finished',
      spans: 22,
      progress: { answered: 11, failed: 1, inputTokens: 1100 },
    });
    expect(answer.progress.spentUsd).toBeCloseTo((11 * (100 + 20 * 10)) / 1e6, 10);
    const labelled = sentencesIn(read('out.jsonl')).filter(({ spans }) => spans !== undefined);
    expect(labelled).toHaveLength(11);
    expect(labelled[0]?.spans).toEqual([
      { start: 0, end: 4, label: 'PER' },
      { start: 16, end: 20, label: 'LOC' },
    ]);
    expect(labelled[0]).toMatchObject({ authors: { all: { kind: 'teacher', name: 'm, Standard' } } });
    const body = JSON.parse(server.received[0]!.body) as {
      model: string;
      max_tokens: number;
      messages: { content: string }[];
    };
    expect(body).toMatchObject({ model: 'm', max_tokens: 1024 });
    expect(body).not.toHaveProperty('temperature');
    expect(body.messages[0]?.content).toContain('PER: names of people');
    expect(read('out.jsonl.answers.jsonl') + read('out.jsonl') + stdout + stderr).not.toContain(faultKey);

    const again = await run('--json', '--resume', '--again', 'failed');
    expect(JSON.parse(again.stdout)).toMatchObject({
      outcome: 'finished',
      spans: 24,
      progress: { answered: 12, failed: 0 },
    });
    expect(server.received).toHaveLength(13);
  });

  it('tells the plan and sends nothing', async () => {
    await serve();
    const { code, stdout, stderr } = await run('--json', '--plan', '--prompt', 'cot', '--limit', '5');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ plan: { questions: 5, requests: 5, outputTokens: 825, costUsd: null } });
    expect(stderr).toContain('the price of m is not known');
    expect(server.received).toHaveLength(0);
    expect(existsSync(join(work.path, 'out.jsonl.answers.jsonl'))).toBe(false);
  });

  it('Ctrl-C waits for what is on its way, and --resume asks the rest', async () => {
    await serve({ delayMs: () => 300 });
    const running = startVermeil(words('--concurrency', '2'), work.path);
    await expect.poll(() => server.received.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('Go on with the same options and --resume.')]);
    const [, answered] = /: (\d+) answers? to 12 questions/.exec(stdout)!;
    expect(Number(answered)).toBe(server.received.length);
    expect(server.received.length).toBeLessThan(12);
    const refused = await run();
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('Go on from them with --resume')]);
    expect((await run('--resume')).stdout).toContain('12 answers to 12 questions, 24 spans');
    expect(server.received).toHaveLength(12);
  });

  it('killed at once, it loses no answer, and asks nothing twice unless told to', async () => {
    await serve({ delayMs: (n) => (n === 4 || n === 5 ? 8000 : 5) });
    const running = startVermeil(words('--concurrency', '2'), work.path);
    await expect.poll(() => server.received.length, { timeout: 20_000 }).toBe(6);
    running.child.kill('SIGKILL');
    await running.ended;
    // As if the disk had got half a line of the last write.
    const journal = join(work.path, 'out.jsonl.answers.jsonl');
    writeFileSync(journal, read('out.jsonl.answers.jsonl') + '{"key": "half');
    const resumed = await run('--resume');
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toMatch(/answers\.jsonl:\d+: no whole record; passed over/);
    expect(resumed.stdout).toContain('10 answers to 12 questions');
    expect(resumed.stderr).toContain('2 questions may have been charged without an answer: --resume --again uncertain');
    expect(server.received).toHaveLength(12);
    expect((await run('--resume', '--again', 'uncertain')).stdout).toContain('12 answers to 12 questions');
    expect(server.received).toHaveLength(14);
    truncateSync(journal);
  });

  it('stops at the budget, and says what a halted job wants', async () => {
    await serve({ fault: (n) => (n > 20 ? 'quota' : 'ok') });
    const poor = await run('--price', '1,10', '--budget', '0.0125');
    expect([poor.code, poor.stderr]).toEqual([1, expect.stringContaining('could have gone over the budget')]);
    expect(server.received.length).toBeLessThan(12);
    const wrongKey = (out: string) =>
      vermeil(
        work.path,
        ...words('--json').map((word) =>
          word === 'out.jsonl' ? out : word.replace('/openai', '/gemini/v1beta/wrong'),
        ),
      );
    const bad = await wrongKey('other.jsonl');
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      outcome: 'halted',
      failure: { what: expect.stringContaining('does not accept the key') },
    });
    // Columns cannot be written of sentences without labels, and that is not what went wrong first.
    expect((await wrongKey('other.conll')).stderr).toMatch(/does not accept the key[^]*CoNLL columns cannot say so/);
  });

  it('keeps keys out of the command line and from other servers', async () => {
    await serve();
    process.env['OPENAI_API_KEY'] = 'a-key-for-openai-alone';
    const endpoint = server.endpoint('openai');
    const other = ['annotate', '--in', 'in.jsonl', '--out', 'out.jsonl', '--model', 'm', '--endpoint', endpoint];
    const first = other.map((word) => (word === 'out.jsonl' ? 'first.jsonl' : word));
    const { code } = await vermeil(work.path, ...first);
    expect(code).toBe(1); // the server wants a key, and is not given this one
    expect(JSON.stringify(server.received)).not.toContain('a-key-for-openai-alone');
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[...other, '--key', 'x'], /no option --key\./],
      [[...other, '--provider', 'anthropic'], /Anthropic wants a key/],
      [[...other, '--key-env', 'NOT_SET'], /The variable NOT_SET holds no key/],
      [[...other, '--provider', 'antropic'], /Did you mean anthropic\?/],
      [[...other, '--extra', '[1]'], /--extra is no JSON object/],
    ];
    for (const [given, text] of cases) {
      const ended = await vermeil(work.path, ...given);
      expect([given.at(-1), ended.code, ended.stderr]).toEqual([given.at(-1), 2, expect.stringMatching(text)]);
    }
    const budget = await vermeil(work.path, ...other, '--budget', '1');
    expect([budget.code, budget.stderr]).toEqual([1, expect.stringContaining('the price of the model must be given')]);
  });

  it('asks several times, and lets the answers vote', async () => {
    const said = (type: string) =>
      JSON.stringify({
        entities: [
          { text: 'Anna', type: 'PER' },
          { text: 'Rome', type },
        ],
      });
    let asked = 0;
    server = await startFaultServer({ answer: () => said(['LOC', 'ORG', 'LOC'][Math.floor(asked++ / 2)]!) });
    const three = ['--samples', '3', '--limit', '2', '--concurrency', '1'];
    const { code, stdout } = await run(...three, '--votes', 'span', '--threshold', '0.7', '--weigh', '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { spans: 2, progress: { total: 6, answered: 6 } }]);
    const [first] = sentencesIn(read('out.jsonl'));
    expect(first).toMatchObject({ spans: [{ start: 0, end: 4, label: 'PER' }], masked: [[16, 20]] });
    expect((first as unknown as { weight: number }).weight).toBeCloseTo(2 / 3, 10);
    const majority = await run(...three, '--resume', '--json');
    expect(JSON.parse(majority.stdout)).toMatchObject({ spans: 4, progress: { reused: 0, answered: 6 } });
    expect(asked).toBe(6);
    const cold = await run(...three, '--temperature', '0', '--resume');
    expect([cold.code, cold.stderr]).toEqual([2, expect.stringContaining('every sample is the same')]);
  });

  it('asks with a prompt of one’s own and with examples, never with the sentence itself', async () => {
    await serve();
    const example = (id: string, text: string) =>
      JSON.stringify({ id, text, spans: [{ start: 0, end: 4, label: 'PER' }] });
    const own = example('s1', 'Anna met Ben in Rome 1 .');
    writeFileSync(join(work.path, 'shown.jsonl'), [own, example('x', 'Paul slept .')].join('\n'));
    const { blocks } = shippedPrompts.standard;
    const told = { ...blocks, role: { on: true, text: 'You are a careful reader.' } };
    const prompt = { name: 'Reader', blocks: told };
    writeFileSync(join(work.path, 'prompt.json'), JSON.stringify(prompt));
    const { code } = await run(
      '--limit',
      '2',
      '--concurrency',
      '1',
      '--prompt',
      'prompt.json',
      '--examples',
      'shown.jsonl',
    );
    expect(code).toBe(0);
    const systems = server.received.map(
      ({ body }) => (JSON.parse(body) as { messages: { content: string }[] }).messages,
    );
    const answer = '{"entities":[{"text":"Anna","type":"PER"}]}';
    expect(systems[0]?.[0]?.content).toMatch(/^You are a careful reader\./);
    expect(systems[0]?.[0]?.content).toContain(`Sentence: Anna met Ben in Rome 1 .\n${answer}`);
    expect(systems[1]?.[0]?.content).not.toContain('Anna');
    expect(systems[1]?.[0]?.content).toContain('Sentence: Paul slept .');
    expect(sentencesIn(read('out.jsonl'))[0]).toMatchObject({ authors: { all: { name: 'm, Reader' } } });
    writeFileSync(join(work.path, 'prompt.json'), JSON.stringify({ ...prompt, blocks: { ...told, output: {} } }));
    const bad = await run('--prompt', 'prompt.json', '--resume');
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining('blocks.output.form')]);
  });

  it('shows the examples nearest to each sentence', async () => {
    await serve();
    const example = (id: string, text: string) => JSON.stringify({ id, text, spans: [] });
    const about = ['The bank raised its interest rate .', 'Ben came to see Anna in Rome .', 'Frogs live in ponds .'];
    writeFileSync(join(work.path, 'gold.jsonl'), about.map((text, i) => example(`g${String(i)}`, text)).join('\n'));
    const { blocks } = shippedPrompts.standard;
    const one = { ...blocks, examples: { ...blocks.examples, count: 1 } };
    writeFileSync(join(work.path, 'one.json'), JSON.stringify({ name: 'One', blocks: one }));
    const given = ['--limit', '1', '--prompt', 'one.json', '--examples', 'gold.jsonl', '--nearest'];
    expect((await run(...given)).code).toBe(0);
    expect(about.map((text) => server.received[0]!.body.includes(text))).toEqual([false, true, false]);
    const without = await run('--nearest', '--resume');
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('--examples F')]);
  });

  it('does not work on a file that another command works on', async () => {
    await serve({ delayMs: () => 20_000 });
    const running = startVermeil(words(), work.path);
    await expect.poll(() => server.received.length, { timeout: 20_000 }).toBeGreaterThan(0);
    const second = await run('--resume');
    expect(second.code).toBe(2);
    expect(second.stderr).toContain(
      `Another vermeil works on out.jsonl.answers.jsonl (process ${String(running.child.pid)} on`,
    );
    running.child.kill('SIGKILL'); // its lock stays, and counts for nothing
    await running.ended;
    expect(existsSync(join(work.path, 'out.jsonl.answers.jsonl.lock'))).toBe(true);
    await server.close();
    await serve();
    const third = await run('--resume');
    expect([third.code, third.stdout]).toEqual([0, expect.stringContaining('answers to 12 questions')]);
    expect(existsSync(join(work.path, 'out.jsonl.answers.jsonl.lock'))).toBe(false);
  });

  it('asks teachers without a network: a simulated one, then its recorded answers', async () => {
    await serve();
    const gold = (name: string) => ({
      ...{ id: name, text: 'Anna saw Rome .', spans: [{ start: 0, end: 4, label: 'PER' }] },
      authors: { all: { kind: 'person', name: 'Eve', version: 1 } },
    });
    writeFileSync(join(work.path, 'gold.jsonl'), ['a', 'b'].map((name) => JSON.stringify(gold(name))).join('\n'));
    const base = ['annotate', '--in', 'gold.jsonl', '--json'];
    const noisy = await vermeil(work.path, ...base, '--out', 's.jsonl', '--provider', 'simulated', '--preset', 'noisy');
    expect(noisy.stderr).toMatch(/plan: \d+ requests, none of which leaves this machine/);
    expect(noisy.stderr).toContain('measured on nothing');
    expect(JSON.parse(noisy.stdout)).toMatchObject({ outcome: 'finished', progress: { answered: 2, spentUsd: null } });
    expect(sentencesIn(read('s.jsonl'))).toMatchObject(
      Array(2).fill({
        authors: { all: { kind: 'teacher', name: 'simulated: a noisy teacher' } },
        meta: { simulated: 'noisy, seed 0, sample 0' },
      }),
    );
    writeFileSync(join(work.path, 'answers.jsonl'), JSON.stringify({ id: 'b', response: entities }));
    const words = ['--out', 'r.jsonl', '--provider', 'recorded', '--answers', 'answers.jsonl'];
    const replayed = await vermeil(work.path, ...base, ...words);
    expect(JSON.parse(replayed.stdout)).toMatchObject({
      outcome: 'finished',
      spans: 2,
      progress: { answered: 1, failed: 1 },
    });
    expect(read('r.jsonl')).not.toContain('Eve'); // these are not her labels
    expect(server.received).toHaveLength(0);
  });
});
