import { expect, test } from 'vitest';
import { digestJson } from '../../../src/core/hash.ts';
import type { Sentence } from '../../../src/data/types.ts';
import { dataDigest, sourceDigests } from '../../../src/run/dataDigest.ts';
import { departuresOf, type Present } from '../../../src/run/repeat.ts';
import { finishedRun } from '../../support/finishedRuns.ts';
import { tinyData } from '../../support/tinyData.ts';

type Data = Readonly<Record<'silver' | 'gold' | 'dev' | 'test', readonly Sentence[]>>;

const presentOf = (data: Data, change: Partial<Present> = {}): Present => ({
  digests: { data: dataDigest(data), checkpoint: 'c', sources: sourceDigests(data) },
  appVersion: '0',
  device: { name: 'wasm', adapter: '' },
  ...change,
});
const recordOf = (data: Data, regimen: 'simple-mix' | 'gold-only' = 'simple-mix') =>
  finishedRun({ regimen }, 1, 1, { digests: presentOf(data).digests }).record;
const told = (now: Data, regimen?: 'gold-only') =>
  departuresOf(recordOf(tinyData, regimen), presentOf(now)).map(({ part, text, counts }) => [part, text, counts]);

const renamed = (sentences: readonly Sentence[]) =>
  sentences.map((sentence, i) =>
    i > 0 ? sentence : { ...sentence, spans: (sentence.spans ?? []).map((span) => ({ ...span, label: 'PER' })) },
  );
const gold = String(tinyData.gold.length);

test('the same data, model, version and device depart in nothing', () => {
  expect(told(tinyData)).toEqual([]);
});

test('the digest of the data is the one that runs have had since the first version', () => {
  const tags = ['O', 'B-LOC', 'I-LOC', 'B-PER', 'I-PER'];
  const labelled = (sentences: readonly Sentence[]) => sentences.filter(({ spans }) => spans !== null);
  expect(dataDigest(tinyData)).toBe(
    digestJson([tags, labelled(tinyData.silver), labelled(tinyData.gold), tinyData.dev]),
  );
});

test('it is told which source is another, and how', () => {
  expect(told({ ...tinyData, gold: tinyData.gold.slice(1) })).toEqual([
    ['gold', `Gold: ${gold} sentences then, ${String(tinyData.gold.length - 1)} sentences here.`, true],
  ]);
  expect(told({ ...tinyData, gold: tinyData.gold.toReversed(), silver: [] })).toEqual([
    ['silver', `Silver: ${String(tinyData.silver.length)} sentences then, none here.`, true],
    ['gold', `Gold: ${gold} sentences, but not the same ones, in another order, or with other labels.`, true],
  ]);
  expect(told({ ...tinyData, silver: [] }, 'gold-only')).toEqual([
    ['silver', expect.stringMatching(/none here\. This way of training does not use them\.$/), false],
  ]);
});

test('other test sentences are told although the run is trained alike', () => {
  expect(dataDigest({ ...tinyData, test: tinyData.test.slice(1) })).toBe(dataDigest(tinyData));
  expect(told({ ...tinyData, test: tinyData.test.slice(1) })).toMatchObject([['test', /^Test: /, true]]);
  expect(told({ ...tinyData, test: renamed(tinyData.test) })).toMatchObject([['test', /with other labels\.$/, true]]);
});

test('a record from before sources were kept says only that the data differ', () => {
  const { record } = finishedRun({}, 1, 1, { digests: { data: 'other', checkpoint: 'c' } });
  expect(departuresOf(record, presentOf(tinyData))).toMatchObject([{ part: 'data', counts: true }]);
});

test('another model counts; another version and another device do not', () => {
  const now = presentOf(tinyData, {
    digests: { ...presentOf(tinyData).digests, checkpoint: 'another' },
    appVersion: '2',
    device: { name: 'webgpu', adapter: 'RTX' },
  });
  expect(departuresOf(recordOf(tinyData), now).map(({ part, counts }) => [part, counts])).toEqual([
    ['checkpoint', true],
    ['version', false],
    ['device', false],
  ]);
  expect(departuresOf(recordOf(tinyData), { ...now, device: null })).toHaveLength(2);
});
