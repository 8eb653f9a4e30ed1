import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { conllDefinitions, shippedPrompts } from '../../../../src/llm/prompts/shipped.ts';
import { renderPrompt, type PromptInput } from '../../../../src/llm/prompts/template.ts';
import { copied, edited } from '../../../../src/llm/prompts/versions.ts';

const recorded = (name: string) =>
  readFileSync(new URL(`../../../../public/samples/sotu/prompt-${name}.md`, import.meta.url), 'utf8').trim();
const labels = ['PER', 'ORG', 'LOC', 'MISC'];
const input: PromptInput = { labels, definitions: conllDefinitions, examples: [], sentence: 'Paris is a city.' };
const { standard, cot, candidates } = shippedPrompts;

describe('the shipped prompts are those that the sample was asked with', () => {
  test('standard, to the letter', () => {
    expect(renderPrompt(standard, input).system).toBe(recorded('standard'));
  });
  test('chain of thought, but for one line break', () => {
    expect(renderPrompt(cot, input).system.replace('recognition.\nTypes:', 'recognition. Types:')).toBe(
      recorded('cot'),
    );
  });
});

test('the sentence stands in the part of the user, by the letter', () => {
  const { user, system } = renderPrompt(standard, { ...input, sentence: 'Pay $& to {{labels}}.' });
  expect(user).toBe('Sentence: Pay $& to {{labels}}.');
  expect(system).not.toContain('Pay');
});

test('labels of any kind fill the places, with `$` as it is; one without a definition stands alone', () => {
  const { system } = renderPrompt(cot, { ...input, labels: ['A$&', 'B'], definitions: { 'A$&': 'money' } });
  expect(system).toContain('Types:\n- A$&: money\n- B\nWork');
  expect(system).toContain('decide A$&, B or not an entity');
  expect(system).toContain('"type": "A$&|B"');
});

test('each block can be switched off', () => {
  for (const block of ['role', 'definitions', 'reasoning'] as const) {
    const { blocks } = cot;
    const without = edited(cot, { ...blocks, [block]: { ...blocks[block], on: false } });
    const words = blocks[block].text.split('\n')[0]!;
    expect(renderPrompt(cot, input).system).toContain(words);
    expect(renderPrompt(without, input).system).not.toContain(words);
  }
  const { blocks } = standard;
  const told = edited(standard, { ...blocks, instructions: { on: true, text: 'Leave out titles.' } });
  expect(renderPrompt(told, input).system).toContain('\nLeave out titles.\nAnswer with JSON only');
});

describe('examples', () => {
  const example = {
    id: 'e1',
    text: 'Ann saw {{labels}}.',
    entities: [{ text: 'Ann', type: 'PER' }],
    reasoning: '1. Context: a meeting.',
  };
  const shown = (template: typeof standard, count = 2) => {
    const { blocks } = template;
    const with2 = edited(template, { ...blocks, examples: { ...blocks.examples, on: true, count } });
    const { system } = renderPrompt(with2, { ...input, examples: [example, { ...example, id: 'e2', entities: [] }] });
    return system.split('Examples:\n\n')[1];
  };
  const json = '{"entities":[{"text":"Ann","type":"PER"}]}';
  test('stand last, in the form of the answer', () => {
    expect(shown(standard)).toBe(
      `Sentence: Ann saw {{labels}}.\n${json}\n\nSentence: Ann saw {{labels}}.\n{"entities":[]}`,
    );
    expect(shown(candidates)).toBe(
      'Sentence: Ann saw {{labels}}.\n1. Ann | PER | a name\n\nSentence: Ann saw {{labels}}.\nnone',
    );
  });
  test('show their steps only where steps are asked for, and no more than wanted', () => {
    expect(shown(cot, 1)).toBe(`Sentence: Ann saw {{labels}}.\n1. Context: a meeting.\n${json}`);
    expect(shown(cot, 0)).toBeUndefined();
  });
  test('are left out where the block is off', () => {
    expect(renderPrompt(standard, { ...input, examples: [example] }).system).toBe(recorded('standard'));
  });
});

describe('the schema', () => {
  test('names the labels where JSON alone is the answer', () => {
    expect(renderPrompt(standard, { ...input, labels: ['X'] }).structured).toMatchObject({
      properties: { entities: { items: { properties: { type: { enum: ['X'] } }, required: ['text', 'type'] } } },
    });
  });
  test('is left out where it would cut the reasoning off', () => {
    expect(renderPrompt(cot, input).structured).toBeNull();
    expect(renderPrompt(candidates, input).structured).toBeNull();
  });
});

describe('versions and hashes', () => {
  test('an edit is a new version; saying the same is none', () => {
    const { blocks } = standard;
    const next = edited(standard, { ...blocks, instructions: { on: true, text: 'x' } });
    expect([next.id, next.version]).toEqual(['standard', 2]);
    expect(next.hash).not.toBe(standard.hash);
    expect(edited(standard, structuredClone(blocks))).toBe(standard);
    expect(copied(next, 'mine', 'Mine')).toMatchObject({ id: 'mine', version: 1, hash: next.hash });
  });
  test('the shipped ones do not change unseen', () => {
    const hashes = Object.values(shippedPrompts).map(({ id, version, hash }) => [id, version, hash.slice(0, 12)]);
    expect(hashes).toMatchInlineSnapshot(`
      [
        [
          "standard",
          1,
          "750e7050a8cc",
        ],
        [
          "cot",
          1,
          "6c70a81c78f8",
        ],
        [
          "candidates",
          1,
          "d9b8c78ce5a2",
        ],
      ]
    `);
  });
  test('the hash of a request names its prompt, whatever the sentence', () => {
    const { hash } = renderPrompt(standard, input);
    const other = (changed: Partial<PromptInput>, template = standard) =>
      renderPrompt(template, { ...input, ...changed }).hash;
    expect(other({ sentence: 'Rome' })).toBe(hash);
    expect(other({}, copied(standard, 'mine', 'Mine'))).toBe(hash);
    expect(other({ definitions: { ...conllDefinitions, DATE: 'dates' } })).toBe(hash);
    expect(other({ labels: ['PER'] })).not.toBe(hash);
    expect(other({ definitions: {} })).not.toBe(hash);
    expect(other({}, cot)).not.toBe(hash);
  });
  test('fixed examples are part of the prompt, the nearest are not', () => {
    const { blocks } = standard;
    const example = { id: 'e', text: 'Ann', entities: [] };
    const hashes = (choice: 'fixed' | 'nearest', on = true) => {
      const template = edited(standard, { ...blocks, examples: { ...blocks.examples, on, choice } });
      return [[], [example]].map((examples) => renderPrompt(template, { ...input, examples }).hash);
    };
    expect(new Set(hashes('fixed')).size).toBe(2);
    expect(new Set(hashes('nearest')).size).toBe(1);
    expect(new Set(hashes('fixed', false)).size).toBe(1);
  });
});
