import { describe, expect, test } from 'vitest';
import { wordsOf } from '../../../../src/data/words.ts';
import { bySample, readAnswers } from '../../../../src/llm/answerFile.ts';
import { batchIdOf, customIdOf, readCustomId } from '../../../../src/llm/batch/customId.ts';
import { batchFiles, batchForms } from '../../../../src/llm/batch/write.ts';
import { groundAnswers, noStatuses } from '../../../../src/llm/groundAnswers.ts';
import { conllDefinitions, shippedPrompts } from '../../../../src/llm/prompts/shipped.ts';
import { renderPrompt } from '../../../../src/llm/prompts/template.ts';
import type { Question, TeacherSettings } from '../../../../src/llm/providers/provider.ts';

const texts = { a: 'Ann left.', 'b c/ü': 'Rome\nfell.', d: 'Nothing here.' };
const sentences = Object.entries(texts).map(([id, text]) => ({ id, text, words: wordsOf(text), spans: null }));
const labels = ['PER', 'LOC'];
const questions: Question[] = sentences.map(({ id, text }) => ({
  sentenceId: id,
  sample: 0,
  prompt: renderPrompt(shippedPrompts.standard, {
    labels,
    definitions: conllDefinitions,
    examples: [],
    sentence: text,
  }),
}));
const settings: TeacherSettings = {
  ...{ endpoint: 'https://x.example/v1', model: 'm', maxTokens: 100, maxTokensName: null, temperature: 0 },
  ...{ topP: null, seed: null, structured: true, extra: {} },
};
const written = (form: (typeof batchForms)[number]) => batchFiles(form, questions, settings)[0]!.text;
const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, never>);

describe('ids', () => {
  test('go through the forms, whatever they hold, and name their sentence and sample', () => {
    for (const [id, sample] of [
      ['a', 0],
      ['b c/ü', 3],
      ['x--1', 2],
      ['x'.repeat(80), 0],
      ['', 1],
    ] as const) {
      expect(customIdOf(id, sample)).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      expect(readCustomId(customIdOf(id, sample))).toEqual({ id: batchIdOf(id), sample });
    }
    expect(batchIdOf('a')).toBe('a');
    expect(batchIdOf('ü')).not.toBe(batchIdOf('ö'));
    expect(readCustomId('task-7')).toEqual({ id: 'task-7', sample: 0 });
  });
});

describe('requests', () => {
  test('OpenAI batch: custom_id, method, url and the body of one call', () => {
    const [first] = jsonLines(written('openai'));
    expect(first).toMatchObject({
      ...{ custom_id: 'a--0', method: 'POST', url: '/v1/chat/completions' },
      body: {
        model: 'm',
        temperature: 0,
        messages: [{ role: 'system' }, { role: 'user', content: 'Sentence: Ann left.' }],
      },
    });
    expect(JSON.stringify(first)).toContain('json_schema');
  });
  test('Anthropic: one body with all requests', () => {
    const { requests } = JSON.parse(written('anthropic')) as { requests: unknown[] };
    expect(requests).toHaveLength(3);
    expect(requests[0]).toMatchObject({
      custom_id: 'a--0',
      params: { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Sentence: Ann left.' }] },
    });
  });
  test('plain lines keep ids as they are', () => {
    expect(jsonLines(written('plain')).map(({ id, user }) => [id, user])).toEqual(
      sentences.map(({ id, text }) => [id, `Sentence: ${text}`]),
    );
  });
  test('text for a chat: the prompt once, each sentence on one line with its id', () => {
    const text = written('chat');
    expect(text.split('You are an expert annotator')).toHaveLength(2);
    expect(text).toContain('\n[a] Ann left.\n');
    expect(text).toContain(`\n[${batchIdOf('b c/ü')}] Rome fell.\n`);
  });
  test.each(batchForms)('%s: every question is in one file, in order, as many as the form takes', (form) => {
    const files = batchFiles(form, questions, settings, 2);
    expect(files).toHaveLength(2);
    const found = files.map(({ text }) =>
      ['Ann left.', 'Rome', 'Nothing here.'].filter((words) => text.includes(words)),
    );
    expect(found).toEqual([['Ann left.', 'Rome'], ['Nothing here.']]);
  });
  test('nothing to ask, and samples in a chat, are refused', () => {
    expect(() => batchFiles('plain', [], settings)).toThrow(expect.objectContaining({ code: 'data-invalid' }));
    const twice = questions.map((question) => ({ ...question, sample: 1 }));
    expect(() => batchFiles('chat', twice, settings)).toThrow(expect.objectContaining({ code: 'data-invalid' }));
  });
});

const chatCompletion = (content: string, finish_reason = 'stop') => ({
  ...{ id: 'chatcmpl-1', object: 'chat.completion', model: 'm-2025' },
  choices: [{ index: 0, message: { role: 'assistant', content, refusal: null }, finish_reason }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});
const line = (value: unknown) => JSON.stringify(value);
const ann = '{"entities": [{"text": "Ann", "type": "PER"}]}';
const rome = '{"entities": [{"text": "Rome", "type": "LOC"}]}';

describe('answers', () => {
  test('OpenAI: in any order, partly, doubled, with errors of both files', () => {
    const file = [
      line({
        id: 'r1',
        custom_id: customIdOf('b c/ü', 0),
        response: { status_code: 200, request_id: 'q', body: chatCompletion(rome) },
        error: null,
      }),
      line({
        id: 'r2',
        custom_id: 'd--0',
        response: { status_code: 429, request_id: 'q', body: { error: { message: 'too fast', type: 'x' } } },
        error: null,
      }),
      line({
        id: 'r3',
        custom_id: 'd--0',
        response: null,
        error: { code: 'batch_expired', message: 'This request could not be executed in time.' },
      }),
      line({
        id: 'r4',
        custom_id: 'a--0',
        response: { status_code: 200, request_id: 'q', body: chatCompletion('{"entities": [{"te', 'length') },
        error: null,
      }),
      line({
        id: 'r5',
        custom_id: 'a--0',
        response: { status_code: 200, request_id: 'q', body: chatCompletion(ann) },
        error: null,
      }),
      line({
        id: 'r6',
        custom_id: 'z--0',
        response: { status_code: 200, request_id: 'q', body: chatCompletion(ann) },
        error: null,
      }),
    ].join('\n');
    const { answers, findings } = readAnswers(file);
    expect(answers.map(({ id, line: at, finish }) => [id, at, finish])).toEqual([
      [batchIdOf('b c/ü'), 1, 'complete'],
      ['a', 4, 'cut-off'],
      ['a', 5, 'complete'],
      ['z', 6, 'complete'],
    ]);
    expect(answers[0]!.teacher).toMatchObject({ model: 'm-2025', inputTokens: 10, outputTokens: 5 });
    expect(findings.map(({ code, line: at }) => [code, at])).toEqual([
      ['answer-failed', 2],
      ['answer-failed', 3],
    ]);
    expect(findings[0]!.message).toBe('The request for d failed: too fast. It may be asked again.');
    expect(findings[1]!.message).toContain('This request could not be executed in time.');
    const grounded = groundAnswers(sentences, answers, { labels });
    expect(grounded.statuses).toEqual({ ...noStatuses(), exact: 1, 'cut-off': 1, missing: 1 });
    expect(grounded.sentences[1]!.spans).toEqual([{ start: 0, end: 4, label: 'LOC' }]);
    expect(grounded.findings.map(({ code }) => code).sort()).toEqual([
      ...['answer-cut-off', 'answer-missing', 'answer-unknown', 'duplicate-id'],
    ]);
  });

  test('Anthropic: succeeded, errored, canceled and expired', () => {
    const message = {
      id: 'm',
      type: 'message',
      model: 'c',
      content: [{ type: 'text', text: ann }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 7, output_tokens: 3 },
    };
    const file = [
      line({ custom_id: 'd--0', result: { type: 'expired' } }),
      line({ custom_id: 'a--0', result: { type: 'succeeded', message } }),
      line({
        custom_id: 'a--1',
        result: { type: 'succeeded', message: { ...message, stop_reason: 'refusal', content: [] } },
      }),
      line({
        custom_id: 'd--0',
        result: {
          type: 'errored',
          error: { type: 'error', error: { type: 'invalid_request_error', message: 'max_tokens: too large' } },
        },
      }),
      line({ custom_id: 'd--0', result: { type: 'canceled' } }),
    ].join('\r\n');
    const { answers, findings } = readAnswers(file);
    expect(answers.map(({ id, sample, finish, response }) => [id, sample, finish, response])).toEqual([
      ['a', undefined, 'complete', ann],
      ['a', 1, 'refused', ''],
    ]);
    expect(
      findings.map(({ code, line: at, message: said }) => [code, at, said.split(': ').slice(1).join(': ')]),
    ).toEqual([
      ['answer-failed', 1, 'expired. It may be asked again.'],
      ['answer-failed', 4, 'max_tokens: too large. It may be asked again.'],
      ['answer-failed', 5, 'canceled. It may be asked again.'],
    ]);
  });

  test('samples are told apart, with gaps', () => {
    const { answers } = readAnswers(
      [0, 2, 0].map((sample, i) => line({ id: `s${String(i)}`, sample, response: ann })).join('\n'),
    );
    expect(bySample(answers).map((list) => list.map(({ id }) => id))).toEqual([['s0', 's2'], [], ['s1']]);
  });

  test('a chat: fences, prose, a list over lines, damage to one sentence only', () => {
    const said = [
      'Sure! Here you are:',
      '```json',
      '{"id": "a", "entities": [{"text": "Ann", "type": "PER"}]}',
      `{"id": "${batchIdOf('b c/ü')}", "entities": [{"text": "Rome", "type": "LO`,
      '{"id": "d",',
      '  "entities": []}',
      '```',
      'Shall I go on?',
    ].join('\n');
    const { answers, findings } = readAnswers(said);
    expect(findings).toEqual([]);
    expect(answers.map(({ id, line: at }) => [id, at])).toEqual([
      ['a', 3],
      [batchIdOf('b c/ü'), 4],
      ['d', 5],
    ]);
    const grounded = groundAnswers(sentences, answers, { labels });
    expect(grounded.sentences.map(({ spans }) => spans)).toEqual([[{ start: 0, end: 3, label: 'PER' }], null, []]);
    expect(grounded.statuses).toEqual({ ...noStatuses(), exact: 1, 'cut-off': 1 });
  });
  test('a chat: one list of objects, and numbers for ids', () => {
    const { answers } = readAnswers('[{"id": 1, "entities": [["Ann", "PER"]]}, {"id": 2, "entities": []}]');
    expect(answers.map(({ id, response }) => [id, response.trim()])).toEqual([
      ['1', '{ "entities": [["Ann", "PER"]]}'],
      ['2', '{ "entities": []}]'],
    ]);
    expect(groundAnswers([{ ...sentences[0]!, id: '1' }], answers.slice(0, 1)).sentences[0]!.spans).toHaveLength(1);
  });
  test('a whole conversation, with the question in it, gives its answers only', () => {
    const { answers } = readAnswers(`${written('chat')}\n{"id": "a", "entities": []}`);
    expect(answers.map(({ id }) => id)).toEqual(['a']);
  });
  test('text without any answer is told line by line', () => {
    expect(readAnswers('x\n\n{}').findings.map(({ code, line: at }) => [code, at])).toEqual([
      ['malformed-line', 1],
      ['missing-field', 3],
    ]);
  });
});
