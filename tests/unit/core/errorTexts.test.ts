import { describe, expect, test } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/core/errors.ts';
import { sentenceOf, textOf } from '../../../src/core/errorTexts.ts';

/** Every code once; the compiler holds it against the union. */
const codes = Object.keys({
  usage: 0,
  'file-missing': 0,
  'file-unreadable': 0,
  'format-unknown': 0,
  'data-empty': 0,
  'data-invalid': 0,
  'labels-differ': 0,
  'config-invalid': 0,
  'checkpoint-truncated': 0,
  'checkpoint-invalid': 0,
  'checkpoint-not-bert': 0,
  'checkpoint-sizes': 0,
  'tokenizer-invalid': 0,
  'device-unavailable': 0,
  'device-wrong': 0,
  'device-lost': 0,
  'precision-unavailable': 0,
  'gpu-error': 0,
  'not-finite': 0,
  'snapshot-mismatch': 0,
  'snapshot-damaged': 0,
  'storage-full': 0,
  'storage-failed': 0,
  'storage-newer': 0,
  'worker-failed': 0,
  'run-elsewhere': 0,
  stopped: 0,
  'teacher-key': 0,
  'teacher-forbidden': 0,
  'teacher-quota': 0,
  'teacher-rate': 0,
  'teacher-busy': 0,
  'teacher-server': 0,
  'teacher-not-found': 0,
  'teacher-parameter': 0,
  'teacher-request': 0,
  'teacher-timeout': 0,
  'teacher-cut': 0,
  'teacher-unreachable': 0,
  'teacher-unreadable': 0,
  'sentence-changed': 0,
  'out-of-memory': 0,
  'teacher-silent': 0,
} satisfies Record<ErrorCode, 0>) as ErrorCode[];

describe.each(codes)('%s', (code) => {
  const details = [
    {},
    { file: 'a.jsonl', reason: 'it is broken.', field: 'layers', value: 'x', range: 'a number', found: 3, wanted: 4 },
  ];
  test.each(details)('whole sentences, with facts %j and without', (detail) => {
    const { what, next } = textOf(code, detail);
    for (const text of [what, next]) {
      expect(text).toMatch(/^[“A-Za-z].*[.?]$/s);
      expect(text).not.toMatch(/undefined|null|NaN|\.\.| {2}|: ?\.|“”/);
    }
  });
});

test('facts stand in the sentence', () => {
  const config = new AppError('config-invalid', 'm', { field: 'dropout', value: '2', range: 'a number from 0 to 0.9' });
  expect(sentenceOf(config)).toEqual({
    what: 'The setting “dropout” cannot be 2.',
    next: 'It must be a number from 0 to 0.9. Nothing was started.',
  });
  expect(textOf('checkpoint-truncated', { file: 'model.safetensors', found: 10, wanted: 99 }).what).toBe(
    'The model file “model.safetensors” is not complete: 10 of 99 bytes came.',
  );
  expect(textOf('not-finite', { step: 12 }).what).toMatch(/at step 12:/);
  expect(textOf('not-finite', { step: 12, precision: 'f32' }).next).not.toMatch(/precision/);
  expect(textOf('not-finite', { step: 12, precision: 'f16' }).next).toMatch(
    /in full precision: half has no numbers above 65,504/,
  );
  expect(textOf('data-empty', { source: 'silver', regimen: 'pooled' }).what).toMatch(/needs silver sentences/);
  expect(textOf('usage', { what: 'There is no option --lrr.', next: 'Did you mean --lr?' })).toEqual({
    what: 'There is no option --lrr.',
    next: 'Did you mean --lr?',
  });
});

test('anything else that was thrown is told with its message', () => {
  expect(sentenceOf(new TypeError('x is not a function')).what).toMatch(/did not foresee: x is not a function\.$/);
  expect(sentenceOf('odd').what).toMatch(/odd\.$/);
  expect(sentenceOf(undefined).what).toMatch(/undefined\.$/);
});

test('a graphics card that does not come back has another next step, and what is saved of the run is told', () => {
  const next = (detail: Record<string, string | number>) => textOf('device-lost', { reason: 'reset', ...detail }).next;
  expect(next({})).toMatch(/^Go on from the last snapshot, which is safe\./);
  expect(next({ saved: 120 })).toMatch(/^Go on from step 120, up to which all is saved\./);
  expect(next({ saved: 0 })).toMatch(/^Nothing of this run had been saved yet: start it again\./);
  expect(next({ saved: 120, gone: 'yes' })).toMatch(/^Restart the browser .* Go on from step 120/);
});
