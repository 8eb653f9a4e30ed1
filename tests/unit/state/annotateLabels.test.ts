import { expect, test } from 'vitest';
import { definitionsOf, labelsAsked, labelsMissing } from '../../../src/state/annotateLabels.ts';

test('labels that were typed go before those of the data, and those before CoNLL’s', () => {
  expect(labelsAsked('LAW, PER;LAW', ['ORG'])).toEqual(['LAW', 'PER']);
  expect(labelsAsked(' ', ['PER', 'ORG'])).toEqual(['ORG', 'PER']);
  expect(labelsAsked('', [])).toEqual(['PER', 'ORG', 'LOC', 'MISC']);
});

test('data with one label of CoNLL’s four are offered the other three; labels of one’s own stand alone', () => {
  expect(labelsMissing(['MISC'])).toEqual(['PER', 'ORG', 'LOC']);
  expect(labelsMissing(['LOC', 'MISC', 'ORG', 'PER'])).toEqual([]);
  expect(labelsMissing(['PER', 'DISEASE'])).toEqual([]);
});

test('a definition is the person’s own, else CoNLL’s, else empty', () => {
  expect(definitionsOf(['PER', 'LAW', 'LOC'], { PER: 'presidents' })).toEqual({
    PER: 'presidents',
    LAW: '',
    LOC: 'countries, cities, regions and other places',
  });
});
