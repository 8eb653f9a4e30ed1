import { expect, test } from 'vitest';
import { teachersInWords } from '../../../../src/llm/quality/compareWords.ts';

const compared = {
  ...{ sentences: 50, f1: { a: 0.8, b: 0.82 }, difference: 0.02, rounds: 1000 },
  ...{ interval: { low: -0.01, high: 0.05 }, p: 0.31 },
};

test('no evidence is not said to be a difference', () => {
  expect(teachersInWords(compared, 'standard', 'steps')).toBe(
    'On 50 gold sentences there is no evidence that “steps” is better than “standard”: +2.0 points of F1, 95 % interval −1.0 to +5.0, p = 0.310.',
  );
  expect(teachersInWords({ ...compared, difference: -0.02 }, 'a', 'b')).toContain('no evidence that “b” is worse');
});

test('a difference that the test carries is said, with its direction', () => {
  expect(teachersInWords({ ...compared, p: 0.02 }, 'a', 'b')).toMatch(/^On 50 gold sentences, “b” is better than “a”/);
  expect(teachersInWords({ ...compared, difference: -0.1, p: 0.0001 }, 'a', 'b')).toMatch(
    /“b” is worse than “a”.*p < 0\.001/,
  );
});

test('little or nothing in common cannot be compared', () => {
  expect(teachersInWords({ ...compared, sentences: 4 }, 'a', 'b')).toBe(
    '“a” and “b” have only 4 gold sentences in common, too few to compare them by: it takes 30.',
  );
  expect(teachersInWords({ ...compared, sentences: 0 }, 'a', 'b')).toContain('no gold sentence in common');
});
