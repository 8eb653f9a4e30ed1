import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAnswer } from '../../../src/llm/answers.ts';

const paris = { text: 'Paris', type: 'LOC' };
const entities = (...list: { text: string; type: string }[]) => ({ kind: 'entities', entities: list, repaired: false });

describe('what is read', () => {
  test.each([
    ['an object alone', '{"entities": [{"text": "Paris", "type": "LOC"}]}', entities(paris)],
    ['no entity', '{"entities": []}', entities()],
    [
      'text before and after',
      'Paris is a city {sic}.\n{"entities": [{"text": "Paris", "type": "LOC"}]}\nDone.',
      entities(paris),
    ],
    ['the last of two', '{"entities": []} No, wait: {"entities": [{"text": "Paris", "type": "LOC"}]}', entities(paris)],
    ['other members before', '{"note": "sure", "entities": [{"text": "Paris", "type": "LOC"}]}', entities(paris)],
    ['a code fence', '```json\n{\n  "entities": [\n    {"text": "Paris", "type": "LOC"}\n  ]\n}\n```', entities(paris)],
    ['a list alone', '[{"text": "Paris", "type": "LOC"}]', entities(paris)],
    ['an empty list in a fence', '```\n[]\n```', entities()],
    [
      'braces and quotes in a text',
      '{"entities": [{"text": "the \\"{\\" case", "type": "MISC"}]}',
      entities({ text: 'the "{" case', type: 'MISC' }),
    ],
    ['blanks around a type', '{"entities": [{"text": "Paris", "type": " LOC "}]}', entities(paris)],
    ['a quote in the free text', 'The 6" gun. {"entities": [{"text": "Paris", "type": "LOC"}]}', entities(paris)],
  ])('%s', (_, raw, wanted) => {
    expect(parseAnswer(raw)).toEqual(wanted);
  });

  test.each([
    ['a comma too many', '{"entities": [{"text": "Paris", "type": "LOC"},]}'],
    ['single quotes', "{'entities': [{'text': 'Paris', 'type': 'LOC'}]}"],
    ['a comma too few', '{"entities": [{"text": "Paris" "type": "LOC"}]}'],
    ['names without quotes', 'So: {entities: [{text: "Paris", type: "LOC"}]}'],
  ])('%s is mended, and told', (_, raw) => {
    expect(parseAnswer(raw)).toEqual({ kind: 'entities', entities: [paris], repaired: true });
  });
});

describe('what is malformed, which is not empty', () => {
  test.each([
    ['nothing', '  \n', 'the answer is empty'],
    ['a refusal', 'I cannot do that.', 'there is no JSON object with “entities”'],
    [
      'an answer cut off in the list',
      '{"entities": [{"text": "Paris", "type": "LOC"}, {"text": "Ro',
      'the answer was cut off',
    ],
    ['an answer cut off after an entity', '{"entities": [{"text": "Paris", "type": "LOC"}', 'the answer was cut off'],
    ['a draft before the cut', '{"entities": []} then {"entities": [{"text": "Par', 'the answer was cut off'],
    ['no list', '{"entities": "none"}', '“entities” is no list'],
    [
      'an entity without a type',
      '{"entities": [{"text": "Paris", "type": "LOC"}, {"text": "Rome"}]}',
      'entity 2 has no right type',
    ],
    ['an entity that is a word', '{"entities": ["Paris"]}', 'entity 1 has no right form'],
  ])('%s', (_, raw, reason) => {
    expect(parseAnswer(raw)).toEqual({ kind: 'malformed', reason });
  });
});

test('any text gives an answer, and never throws', () => {
  const bits = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    ',',
    ':',
    '\\',
    '\n',
    'entities',
    '"entities":',
    '"text"',
    'a',
    '```',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(bits, fc.string({ unit: 'grapheme' })), { maxLength: 40 }), (parts) => {
      expect(['entities', 'malformed']).toContain(parseAnswer(parts.join('')).kind);
    }),
    { numRuns: 500 },
  );
});

test('entities written as JSON come back', () => {
  const entity = fc.record({ text: fc.string({ unit: 'binary' }), type: fc.stringMatching(/^[A-Z]{1,8}$/) });
  fc.assert(
    fc.property(fc.array(entity), fc.string(), (list, before) => {
      expect(parseAnswer(`${before}\n${JSON.stringify({ entities: list })}`)).toEqual(entities(...list));
    }),
  );
});

test('a long hostile answer is read in little time', () => {
  const begin = performance.now();
  parseAnswer('{'.repeat(50_000) + '"entities":'.repeat(5_000));
  expect(performance.now() - begin).toBeLessThan(2_000);
});
