import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAnswer } from '../../../src/llm/answers.ts';

const paris = { text: 'Paris', type: 'LOC' };
const entities = (...list: { text: string; type: string }[]) => ({
  kind: 'entities',
  entities: list,
  rejected: [],
  repaired: false,
});

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
    expect(parseAnswer(raw)).toEqual({ ...entities(paris), repaired: true });
  });
});

const ann = { text: 'Ann', type: 'PER' };
const bob = { text: 'Bob', type: 'PER' };
const labels = ['PER', 'LOC'];

describe('other shapes of JSON', () => {
  test.each([
    ['a map by label', '{"PER": ["Ann", "Bob"], "LOC": ["Paris"], "ORG": []}', entities(ann, bob, paris)],
    ['a map by text', '{"Ann": "PER", "Paris": "LOC"}', entities(ann, paris)],
    ['a map in “entities”', 'So: {"entities": {"LOC": ["Paris"]}}', entities(paris)],
    ['a label with one name', '{"PER": "Ann"}', entities(ann)],
    ['other names of members', '{"entities": [{"entity": "Paris", "label": "LOC", "start": 3}]}', entities(paris)],
    ['a list of another name', '{"named_entities": [{"name": "Paris", "category": "LOC"}]}', entities(paris)],
    ['a list in a member of any name', '{"result": [{"text": "Paris", "type": "LOC"}]}', entities(paris)],
    ['pairs', '[["Ann", "PER"], ["Paris", "LOC"]]', entities(ann, paris)],
    ['one object a line', '{"text": "Ann", "type": "PER"}\n{"text": "Paris", "type": "LOC"}', entities(ann, paris)],
    ['a list within prose', 'I found [two]: [{"text": "Ann", "type": "PER"}]. That is all.', entities(ann)],
    ['the last of two lists', '[["Bob", "PER"]]\nRather:\n[["Ann", "PER"]]', entities(ann)],
    ['brackets in a name', '[{"text": "Ann [sic]", "type": "PER"}]', entities({ text: 'Ann [sic]', type: 'PER' })],
    ['a name with an escape', '{"entities": [{"text": "P\\u0061ris", "type": "LOC"}]}', entities(paris)],
    ['capitals in “Entities”', '{"Entities": [{"text": "Paris", "type": "LOC"}]}', entities(paris)],
  ])('%s', (_, raw, wanted) => {
    expect(parseAnswer(raw, { labels })).toEqual(wanted);
  });

  test('a map by label is told from one by text without the labels too, where its values are lists', () => {
    expect(parseAnswer('{"PER": ["Ann"]}')).toEqual(entities(ann));
    expect(parseAnswer('{"Ann": "PER"}')).toEqual(entities(ann));
  });

  test('a candidate whose type is none is a rejected one', () => {
    const raw =
      '{"entities": [{"text": "Ann", "type": "PER"}, {"text": "Nation", "type": "none", "reason": "a noun"}]}';
    expect(parseAnswer(raw)).toEqual({ ...entities(ann), rejected: [{ text: 'Nation', reason: 'a noun' }] });
    expect(parseAnswer('{"entities": [{"text": "Nation", "type": null}]}')).toEqual({
      ...entities(),
      rejected: [{ text: 'Nation', reason: '' }],
    });
  });
});

describe('thinking aloud', () => {
  test.each([
    [
      'thoughts with a draft',
      '<think>{"entities": [["Bob", "PER"]]}</think>{"entities": [["Ann", "PER"]]}',
      entities(ann),
    ],
    ['thoughts whose opening was swallowed', 'Bob? No.</think>\n\n{"entities": [["Ann", "PER"]]}', entities(ann)],
    ['thinking', '<thinking>Hm</thinking>[["Ann", "PER"]]', entities(ann)],
    ['an answer before thoughts without end', '[["Ann", "PER"]]\n<think>Was that', entities(ann)],
  ])('%s', (_, raw, wanted) => {
    expect(parseAnswer(raw)).toEqual(wanted);
  });
  test('thoughts that do not end hold no answer, whatever they say', () => {
    expect(parseAnswer('<think>{"entities": [["Bob", "PER"]]} but')).toMatchObject({ kind: 'cut-off', entities: [] });
  });
});

describe('numbered lines', () => {
  const read = (raw: string) => parseAnswer(raw, { labels });
  test('candidates, with those that were rejected and why', () => {
    expect(
      read('Candidates:\n1. Ann | PER | a first name\n2. Nation | none | a common | noun\n3. Paris | LOC |'),
    ).toEqual({
      ...entities(ann, paris),
      rejected: [{ text: 'Nation', reason: 'a common | noun' }],
    });
  });
  test.each([
    ['brackets for the dot', '1) Ann | PER\n2) Paris | LOC', entities(ann, paris)],
    ['bullets and arrows', '- Ann → PER\n* Paris -> LOC', entities(ann, paris)],
    ['Markdown and quotes', '1. **Ann** | `PER` | x\n2. "Paris" | LOC | y', entities(ann, paris)],
    ['no numbers', 'Ann | PER | x\nParis | LOC | y', entities(ann, paris)],
    ['a table', '| Entity | Type |\n|---|---|\n| Ann | PER |\n| Paris | LOC |', entities(ann, paris)],
    ['colons', '- Ann: PER\n- Paris: LOC', entities(ann, paris)],
    ['labels in brackets', '1. Ann (PER)\n2. Paris [LOC]', entities(ann, paris)],
    ['dashes', '1. Ann - PER\n2. Paris – LOC', entities(ann, paris)],
    ['a label that nobody asked for', '1. Ann | PERSON | x', entities({ text: 'Ann', type: 'PERSON' })],
    ['none', 'none', entities()],
    ['no entities, in words', 'There are no named entities in the sentence.', entities()],
  ])('%s', (_, raw, wanted) => {
    expect(read(raw)).toEqual(wanted);
  });
  test('true and false, with the label at the end', () => {
    expect(read('1. Ann | True | as it is a person (PER)\n2. tea | False | as it is a drink')).toEqual({
      ...entities(ann),
      rejected: [{ text: 'tea', reason: 'as it is a drink' }],
    });
  });
  test('steps that are numbered are no candidates', () => {
    expect(read('1. Context: a visit.\n2. Candidates: Ann, Paris.')).toMatchObject({ kind: 'malformed' });
  });
  test('JSON goes before lines', () => {
    expect(read('1. Bob | PER | x\n{"entities": [["Ann", "PER"]]}')).toEqual(entities(ann));
  });
  test('a last line without its type was cut off, another one is malformed', () => {
    expect(read('1. Ann | PER | x\n2. Paris |')).toMatchObject({ kind: 'cut-off', entities: [ann] });
    expect(read('1. Paris |\n2. Ann | PER | x')).toEqual({ kind: 'malformed', reason: 'its line 1 has no type' });
  });
});

describe('cut off: what came before is kept to be looked at', () => {
  test.each([
    ['in the list', '{"entities": [{"text": "Paris", "type": "LOC"}, {"text": "Ro', [paris]],
    ['after an entity', '{"entities": [{"text": "Paris", "type": "LOC"}', [paris]],
    ['in the first entity', '{"entities": [{"text": "Par', []],
    ['a draft before the cut', '{"entities": []} then {"entities": [{"text": "Par', []],
    ['a list alone', '[{"text": "Paris", "type": "LOC"}, {"text": "Ro', [paris]],
  ])('%s', (_, raw, wanted) => {
    expect(parseAnswer(raw)).toMatchObject({ kind: 'cut-off', entities: wanted });
  });
  test('the loss is stated', () => {
    expect(parseAnswer('{"entities": [["Ann", "PER"], ["Bob", "PER"], ["Ca')).toEqual({
      kind: 'cut-off',
      entities: [ann, bob],
      reason: 'the answer was cut off after 2 of its entities',
    });
  });
  test('where the provider says so, an answer that is whole has lost nothing', () => {
    const finish = 'cut-off';
    expect(parseAnswer('{"entities": [["Ann", "PER"]]}\n```', { finish })).toEqual(entities(ann));
    expect(parseAnswer('{"entities": []} But then, Ann', { finish })).toMatchObject({ kind: 'cut-off' });
    expect(parseAnswer('1. Context: a visit', { finish })).toMatchObject({ kind: 'cut-off' });
    expect(parseAnswer('1. Ann | PER | a', { finish, labels })).toMatchObject({ kind: 'cut-off', entities: [ann] });
  });
});

describe('refused', () => {
  test.each([
    'I cannot do that.',
    "I'm sorry, but I can’t help with this sentence.",
    'As an AI model, I have to pass.',
  ])('%s', (raw) => {
    expect(parseAnswer(raw)).toEqual({ kind: 'refused', reason: `the teacher says “${raw}”` });
  });
  test('where the provider says so, whatever the text', () => {
    expect(parseAnswer('', { finish: 'refused' })).toMatchObject({ kind: 'refused' });
    expect(parseAnswer('{"entities": []}', { finish: 'refused' })).toMatchObject({ kind: 'refused' });
  });
  test('an answer with entities is none, however it begins', () => {
    expect(parseAnswer('I\'m sorry for the delay. [["Ann", "PER"]]')).toEqual(entities(ann));
  });
});

describe('what is malformed, which is not empty', () => {
  test.each([
    ['nothing', '  \n', 'the answer is empty'],
    ['prose', 'Ann is a name.', 'there is no JSON object with “entities”, no list and no numbered line'],
    ['no list', '{"entities": "none"}', '“entities” is no list'],
    [
      'an entity without a type',
      '{"entities": [{"text": "Paris", "type": "LOC"}, {"text": "Rome"}]}',
      'entity 2 has no right type',
    ],
    ['an entity without a text', '{"entities": [{"type": "LOC"}]}', 'entity 1 has no right text'],
    ['an entity that is a word', '{"entities": ["Paris"]}', 'entity 1 has no right form'],
    ['a map without lists', '{"entities": {"Paris": 3}}', '“Paris” is no label with a list of entities'],
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
      expect(['entities', 'malformed', 'cut-off', 'refused']).toContain(parseAnswer(parts.join('')).kind);
    }),
    { numRuns: 500 },
  );
});

test('entities written as JSON come back', () => {
  const entity = fc.record({ text: fc.string({ unit: 'binary' }), type: fc.stringMatching(/^[A-F]{3,8}$/) });
  fc.assert(
    fc.property(fc.array(entity), fc.string(), (list, before) => {
      expect(parseAnswer(`${before}\n${JSON.stringify({ entities: list })}`)).toEqual(entities(...list));
    }),
  );
});

test.each([
  ['braces', '{'.repeat(50_000) + '"entities":'.repeat(5_000)],
  ['brackets', ' ['.repeat(50_000)],
  ['lists', ' [1]'.repeat(50_000)],
  ['thoughts', '<think>'.repeat(20_000)],
  ['bars', '1. |'.repeat(50_000)],
  ['lines', '1. a: b\n'.repeat(20_000)],
])('a long hostile answer comes to an end: %s', (_, raw) => {
  expect(['malformed', 'cut-off']).toContain(parseAnswer(raw, { labels }).kind);
});
