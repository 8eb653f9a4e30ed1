import { expect, test } from 'vitest';
import { defaultConfig } from '../../../src/run/config.ts';
import {
  filterRuns,
  noRunFilter,
  queryWithFilter,
  runFilterOf,
  runStateOf,
  tagsOfText,
  type RunFilter,
} from '../../../src/state/runsFilter.ts';
import type { StoredRun } from '../../../src/storage/runs.ts';

const run = (id: string, change: Partial<StoredRun>) =>
  ({ id, name: id, tags: [], notes: '', status: 'finished', config: defaultConfig, ...change }) as StoredRun;
const runs = [
  run('Mix 1', { tags: ['paper'], notes: 'with the Old silver' }),
  run('Gold', { config: { ...defaultConfig, regimen: 'gold-only' }, status: 'failed' }),
  run('Mix 2', { tags: ['paper', 'draft'], status: 'running' }),
  run('Mix 3', { status: 'paused' }),
  run('Mix 4', { status: 'queued' }),
];
const shown = (filter: Partial<RunFilter>) =>
  filterRuns(runs, { ...noRunFilter, ...filter }, ({ id }) => id === 'Mix 2').map(({ id }) => id);

test('runs by tag, regimen, state and words, one with the other', () => {
  expect(shown({})).toHaveLength(5);
  expect(shown({ tag: 'paper' })).toEqual(['Mix 1', 'Mix 2']);
  expect(shown({ tag: 'paper', state: 'finished' })).toEqual(['Mix 1']);
  expect(shown({ regimen: 'gold-only' })).toEqual(['Gold']);
  expect(shown({ text: 'old SILVER ' })).toEqual(['Mix 1']);
  expect(shown({ text: 'simple mix' })).toEqual(['Mix 1', 'Mix 2', 'Mix 3', 'Mix 4']); // the way of training
  expect(shown({ text: 'draft' })).toEqual(['Mix 2']);
  expect(shown({ text: 'nothing' })).toEqual([]);
  const newestFirst = filterRuns(runs.toReversed(), noRunFilter, () => false).map(({ id }) => id);
  expect(newestFirst).toEqual(['Mix 3', 'Mix 2', 'Gold', 'Mix 1', 'Mix 4']); // what waits comes last
});

test('a run under way that nobody has in hand was cut short', () => {
  expect(runs.map((one) => runStateOf(one, one.id === 'Mix 2'))).toEqual([
    'finished',
    'failed',
    'running',
    'cut',
    'waiting',
  ]);
  expect(shown({ state: 'cut' })).toEqual(['Mix 3']);
});

test('the filter stands in the address beside what else stands there', () => {
  const filter: RunFilter = { text: 'a&b=c', tag: 'for the paper', regimen: 'blend', state: 'cut' };
  const query = queryWithFilter('baseline=gold', filter);
  expect(runFilterOf(query)).toEqual(filter);
  expect(new URLSearchParams(query).get('baseline')).toBe('gold');
  expect(queryWithFilter(query, noRunFilter)).toBe('baseline=gold');
  expect(runFilterOf('state=dancing&regimen=none')).toEqual(noRunFilter);
});

test('tags are what stands between commas, each once', () => {
  expect(tagsOfText(' paper,  first   try ;paper,,')).toEqual(['paper', 'first try']);
  expect(tagsOfText('  ')).toEqual([]);
});
