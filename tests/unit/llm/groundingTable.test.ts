import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { groundEntities } from '../../../src/llm/grounding.ts';

/** One case of `tests/fixtures/grounding.txt`, whose head says how it is written. */
interface Case {
  readonly line: number;
  readonly text: string;
  readonly entities: readonly { readonly text: string; readonly type: string }[];
  readonly statuses: readonly string[];
  /** For each entity the words and the place that the marks give it; null where it has no mark. */
  readonly found: readonly (readonly [number, string] | null)[];
}

const unescaped = (text: string) =>
  text
    .replace(/\\u([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replaceAll('\\n', '\n')
    .replaceAll('\\t', '\t');

function readCase(content: string, line: number): Case {
  const [marked = '', list = ''] = content.split(' || ');
  const entries = list.split(' ; ').map((entry) => {
    const [, words = '', type = 'X', status = 'exact'] = /^(.*?)(?:@(.*?))?(?:\/([a-z-]+))?$/.exec(entry)!;
    return { text: unescaped(words), type: unescaped(type), status };
  });
  const found: (readonly [number, string] | null)[] = entries.map(() => null);
  let text = '';
  for (const part of unescaped(marked).split(/(\{\d+ [^{}]*\})/)) {
    const [, number, words] = /^\{(\d+) ([^{}]*)\}$/.exec(part) ?? [];
    if (number !== undefined) found[Number(number) - 1] = [text.length, words!];
    text += words ?? part;
  }
  return { line, text, entities: entries, statuses: entries.map(({ status }) => status), found };
}

const file = readFileSync(new URL('../../fixtures/grounding.txt', import.meta.url), 'utf8');
const cases = file
  .split('\n')
  .flatMap((content, i) => (content.includes(' || ') && !content.startsWith('#') ? [readCase(content, i + 1)] : []));

test('there are at least 300 cases', () => {
  expect(cases.length).toBeGreaterThanOrEqual(300);
});

test.each(cases)('line $line: $text', ({ text, entities, statuses, found }) => {
  const options = { labels: ['X', 'Y'], examples: ['Ada Lovelace met Tim Cook in Cupertino.'] };
  const { items, spans } = groundEntities(text, entities, options);
  expect(items.map(({ status }) => status)).toEqual(statuses);
  expect(items.map(({ span }) => (span === null ? null : [span.start, text.slice(span.start, span.end)]))).toEqual(
    found,
  );
  expect(spans).toEqual(items.flatMap(({ span }) => span ?? []));
  for (const { label } of spans) expect(['X', 'Y']).toContain(label);
});
