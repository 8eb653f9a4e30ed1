import 'fake-indexeddb/auto';
import { deleteDB } from 'idb';
import { beforeEach, expect, it } from 'vitest';
import { tinyData, tinyRequest } from '../../support/tinyData.ts';
import { createHarness, tinyUrl } from '../../support/workerHarness.ts';

beforeEach(() => deleteDB('vermeil'));

it('a finished run tells how sure it is of each word, beside the same entities', async () => {
  const { client } = createHarness();
  const request = tinyRequest('r', tinyUrl);
  await client.train({ ...request, config: { ...request.config, steps: 4 } }, () => undefined).done;
  const { spans, probabilities } = await client.predictSurely('r', tinyData.test);
  expect(spans).toEqual(await client.predictSentences('r', tinyData.test));
  expect(probabilities.map(({ length }) => length)).toEqual(tinyData.test.map(({ words }) => words.length));
  const all = probabilities.flatMap((words) => [...words]);
  expect(Math.min(...all)).toBeGreaterThan(1 / 20); // the best of a few tags has at least its share
  expect(Math.max(...all)).toBeLessThanOrEqual(1);
  expect(new Set(all).size).toBeGreaterThan(5);
  client.close();
});
