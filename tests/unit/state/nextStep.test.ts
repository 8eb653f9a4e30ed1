import { expect, test } from 'vitest';
import type { Role } from '../../../src/data/types.ts';
import type { HeldDataset } from '../../../src/state/datasets.svelte.ts';
import { nextStepOf } from '../../../src/state/nextStep.ts';
import { countsOf } from '../../../src/storage/datasets.ts';
import { sentence } from './sentences.ts';

const held = (id: string, role: Role, ...labelled: readonly boolean[]): HeldDataset => {
  const sentences = labelled.map((on, i) => sentence(`${id} ${String(i)}`, on ? [] : null));
  const source = { fileName: '', format: '' };
  return { id, name: id, role, sentences, counts: countsOf(sentences), findings: [], source, notice: '', createdMs: 0 };
};

const labelled = (count: number) => Array.from({ length: count }, () => true);

test('from text without a label to training', () => {
  const text = held('text', 'unlabelled', false, false);
  const begun = held('text', 'unlabelled', true, false, true);
  const [gold, silver, test] = [held('g', 'gold', ...labelled(20)), held('s', 'silver', true), held('t', 'test', true)];
  expect(nextStepOf([])).toBeNull();
  expect(nextStepOf([held('aside', 'aside', true), test])).toBeNull();
  expect(nextStepOf([text])).toMatchObject({ kind: 'label', dataset: { id: 'text' } });
  expect(nextStepOf([text, held('g', 'gold', false)])).toMatchObject({ kind: 'label' });
  expect(nextStepOf([begun])).toMatchObject({ kind: 'take', labelled: 2 });
  expect(nextStepOf([begun, silver])).toMatchObject({ kind: 'take' });
  expect(nextStepOf([text, silver])).toMatchObject({ kind: 'mend', dataset: { id: 's' } });
  expect(nextStepOf([silver, gold])).toMatchObject({ kind: 'test', dataset: { id: 'g' } });
  expect(nextStepOf([gold, held('t', 'test', false)])).toMatchObject({ kind: 'test' });
  expect(nextStepOf([gold, test])).toEqual({ kind: 'train' });
  expect(nextStepOf([silver, test])).toEqual({ kind: 'train' });
});

test('a little gold asks for more before a part of it is kept to test with', () => {
  const few = held('g', 'gold', ...labelled(2));
  expect(nextStepOf([held('text', 'unlabelled', ...labelled(3), false), few])).toMatchObject({ kind: 'take' });
  expect(nextStepOf([held('text', 'unlabelled', ...labelled(2), false), few])).toMatchObject({ kind: 'label' });
});
