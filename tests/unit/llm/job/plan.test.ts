import { expect, test } from 'vitest';
import { keyOf } from '../../../../src/llm/job/key.ts';
import { planJob } from '../../../../src/llm/job/plan.ts';
import { likelyInputTokens, likelyTokens } from '../../../../src/llm/job/tokens.ts';
import type { AnswerRecord, AnswerStatus } from '../../../../src/llm/job/types.ts';
import { costUsd, priceOf, priceTable } from '../../../../src/llm/price.ts';
import { question, questions, settings, spec } from '../../../support/job.ts';

test('a plan counts what would be asked, from the text of the requests', () => {
  const job = spec({ price: { inputUsd: 2, outputUsd: 8 }, limits: { ...spec().limits, concurrency: 2 } });
  const asked = [...questions(4), question('sentence 0', 'again')];
  const record = (i: number, status: AnswerStatus) => [keyOf(job, asked[i]!), { status } as AnswerRecord] as const;
  const known = new Map([record(1, 'answered'), record(2, 'failed')]);
  const plan = (failed: boolean) =>
    planJob({ spec: job, questions: asked, again: { failed, uncertain: false } }, known, {
      outputTokens: 30,
      ms: 2000,
    });
  // “find names” and “sentence 0” are 20 bytes: 5 tokens, and 10 for the form of the conversation.
  expect(plan(false)).toEqual({
    questions: 5,
    requests: 2,
    inputTokens: 30,
    outputTokens: 60,
    costUsd: (30 * 2 + 60 * 8) / 1e6,
    greatestUsd: (2 * (70 * 2 + 100 * 8)) / 1e6,
    seconds: 2,
  });
  expect(plan(true).requests).toBe(3);
  const slow = { ...job, limits: { ...job.limits, requestsPerMinute: 4 }, price: null };
  expect(
    planJob({ spec: slow, questions: asked, again: { failed: false, uncertain: false } }, known, {
      outputTokens: 30,
      ms: 2000,
    }),
  ).toMatchObject({ seconds: 30, costUsd: null, greatestUsd: null });
});

test('tokens are estimated by bytes: other scripts have more of both', () => {
  expect(likelyTokens('four')).toBe(1);
  expect(likelyTokens('Москва')).toBe(3);
  const schema = { system: '', user: 'abcd', hash: '', structured: { type: 'object' } };
  expect(likelyInputTokens(schema, settings({ structured: true }))).toBeGreaterThan(
    likelyInputTokens(schema, settings()),
  );
});

test('a price is that of the longest name that fits, and of no other model', () => {
  const named = (model: string) => priceTable.find((row) => row.model === model)!;
  const priceLike = ({ inputUsd, outputUsd }: { inputUsd: number; outputUsd: number }) => ({ inputUsd, outputUsd });
  expect(priceOf('gpt-4o-mini')).toEqual(priceLike(named('gpt-4o-mini')));
  expect(priceOf('gpt-4o-2024-08-06')).toEqual(priceLike(named('gpt-4o')));
  expect(priceOf('openai/gpt-4.1-mini')).toEqual(priceLike(named('gpt-4.1-mini')));
  expect(priceOf('gemini-2.5-flash-lite-preview-09-2025')).toEqual(priceLike(named('gemini-2.5-flash-lite')));
  expect(priceOf('gpt-5-pro')).toBeNull();
  expect(priceOf('gpt-4o-audio')).toBeNull();
  expect(priceOf('llama3.2')).toBeNull();
  expect(priceOf('mine', [{ model: 'mine', inputUsd: 1, outputUsd: 2 }])).toEqual({ inputUsd: 1, outputUsd: 2 });
  expect(costUsd({ inputUsd: 3, outputUsd: 15 }, { inputTokens: 1000, outputTokens: 100 })).toBeCloseTo(0.0045, 12);
});
