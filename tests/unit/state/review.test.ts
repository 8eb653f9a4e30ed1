import 'fake-indexeddb/auto';
import { describe, expect, test } from 'vitest';
import type { Sentence } from '../../../src/data/types.ts';
import { groundAnswers } from '../../../src/llm/groundAnswers.ts';
import { DatasetsState } from '../../../src/state/datasets.svelte.ts';
import { EditsState } from '../../../src/state/edits.svelte.ts';
import { accepted, decisionOf, isTouched, rejected, reviewItems } from '../../../src/state/review.ts';
import { ReviewState, type AnswerSource } from '../../../src/state/review.svelte.ts';
import { reviewAddress, reviewedIn } from '../../../src/state/reviewAddress.ts';
import type { Services } from '../../../src/state/services.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { sentence } from './sentences.ts';

const texts = ['Ada came', 'Bob went', 'Eve ran', 'Kim sat', 'Lee won', 'Max hid'];
const asked = texts.map((text) => sentence(text, null));
const entities = (...list: readonly (readonly [string, string])[]) =>
  JSON.stringify({ entities: list.map(([text, type]) => ({ text, type })) });
/** Of each sample the answers to the six sentences, '' for none. */
function grounded(...samples: readonly (readonly string[])[]) {
  return samples.map((responses) =>
    groundAnswers(
      asked,
      responses.flatMap((response, i) => (response === '' ? [] : [{ id: texts[i]!, response, line: i + 1 }])),
    ),
  );
}
const once = grounded([
  entities(['Ada', 'PER']),
  entities(['bob', 'PER']),
  'I cannot help with that.',
  entities(['Kim', 'PER'], ['Rome', 'LOC']),
  '',
  '{"entities": [{"text": "Max", "type": "PER"}, {"te',
]);

describe('the queue', () => {
  test('what labels nothing first, then what was lost, then what was only folded; exact ones last', () => {
    const items = reviewItems(once[0]!.sentences, { samples: once });
    expect(items.map(({ id, reasons }) => [id, reasons.map(({ kind }) => kind)])).toEqual([
      ['Eve ran', ['refused']],
      ['Max hid', ['cut-off']],
      ['Kim sat', ['not-found']],
      ['Bob went', ['folded']],
      ['Ada came', []],
    ]); // without an answer there is nothing to look at
    expect(items[1]!.offered).toEqual([{ start: 0, end: 3, label: 'PER' }]);
    expect(items[2]!.reasons[0]!.said).toBe('“Rome” (LOC)');
  });

  test('split votes, the least agreed on first', () => {
    const [all, none] = [entities(['Ada', 'PER']), entities()];
    const samples = grounded(
      [all, entities(['Bob', 'PER'])],
      [all, entities(['Bob', 'LOC'])],
      [all, entities(['Bob', 'ORG'])],
      [none, none],
    );
    const items = reviewItems(asked, { samples });
    expect(items.map(({ id, reasons }) => [id, reasons[0]?.said])).toEqual([
      ['Bob went', '1 of 4 answers say the same'],
      ['Ada came', '3 of 4 answers say the same'],
    ]);
    expect(items[1]!.votes.spans).toEqual([{ span: { start: 0, end: 3, label: 'PER' }, range: 3, votes: 3 }]);
  });
});

describe('decisions', () => {
  const doubtful: Sentence = { ...sentence('Ada came', [[0, 3, 'PER']]), masked: [{ start: 4, end: 8 }], weight: 0.5 };
  test('accepted: labels stand, no word is in doubt any more, other meta stays', () => {
    const after = accepted({ ...doubtful, meta: { speech: '1' } });
    expect(after).toEqual({ ...sentence('Ada came', [[0, 3, 'PER']]), meta: { speech: '1', review: 'accepted' } });
    expect(decisionOf(after)).toBe('accepted');
  });
  test('rejected: no labels; labels that come later open it again', () => {
    const after = rejected(doubtful);
    expect(after).toEqual({ ...sentence('Ada came', null), meta: { review: 'rejected' } });
    expect(decisionOf(after)).toBe('rejected');
    expect(decisionOf({ ...after, spans: [] })).toBeNull();
  });
  test('mended: accepted with a label by a person', () => {
    const authors = { all: { kind: 'person', name: '', version: 1 } } as const;
    expect(decisionOf(accepted({ ...doubtful, authors }))).toBe('mended');
    expect([doubtful, { ...doubtful, authors }, accepted(doubtful)].map(isTouched)).toEqual([false, true, true]);
  });
});

test('the address keeps the place beside whatever else it says', () => {
  const at = { datasetId: 'd 1', sentenceId: 'a&b' };
  const query = reviewAddress('step=2', at);
  expect(reviewedIn(query)).toEqual(at);
  expect(reviewAddress(query, null)).toBe('step=2');
  expect(reviewedIn('step=2')).toBeNull();
});

const answers = (read: AnswerSource['read'], version = () => 0): AnswerSource => ({ has: () => true, version, read });

let number = 0;
async function opened() {
  const database = await openDatabase({ name: `review ${String(number++)}` });
  const services = { client: {}, database, now: () => 1, newId: () => 'silver' } as unknown as Services;
  const datasets = new DatasetsState(services);
  const source = { fileName: '', format: '' };
  await datasets.add([
    { name: 'silver', role: 'silver', sentences: once[0]!.sentences, findings: [], source, notice: '' },
  ]);
  const edits = new EditsState(datasets);
  const review = new ReviewState(
    datasets,
    edits,
    answers(() => Promise.resolve({ samples: once })),
  );
  return { services, datasets, edits, review };
}

test('a pass through the queue: accept, mend, reject, undo; all is there for the next visit', async () => {
  const { services, edits, review } = await opened();
  expect(review.items).toBeNull();
  await review.look();
  expect(review.open.map(({ id }) => id)).toEqual(['Eve ran', 'Max hid', 'Kim sat', 'Bob went']);
  review.begin();
  expect(review.current?.id).toBe('Eve ran');
  review.accept(); // without labels there is nothing to stand for
  expect(review.current?.id).toBe('Eve ran');
  review.reject();
  expect(review.current?.id).toBe('Max hid');
  review.takeOffered(review.current!);
  review.accept();
  expect(review.current?.id).toBe('Kim sat');
  review.editor!.chooseUnit({ start: 0, end: 3 }, false);
  review.editor!.label('ORG');
  review.accept();
  review.accept();
  expect(review.open).toEqual([]);
  expect(review.editor!.said).toContain('All are looked at');
  expect(review.queue.map((item) => review.decision(item))).toEqual(['rejected', 'mended', 'mended', 'accepted']);
  review.editor!.undo();
  expect([review.current?.id, review.open.length]).toEqual(['Bob went', 1]);
  review.editor!.redo();
  await edits.store();

  const datasets = new DatasetsState(services);
  await datasets.load();
  expect(datasets.find('silver')!.sentences.map(decisionOf)).toEqual([
    ...[null, 'accepted', 'rejected', 'mended', null, 'mended'],
  ]);
  const again = new ReviewState(
    datasets,
    new EditsState(datasets),
    answers(() => Promise.resolve({ samples: once })),
  );
  await again.look();
  expect(again.open).toEqual([]);
  again.begin('Kim sat');
  expect(again.current?.id).toBe('Kim sat');
});

test('exact ones come too when they are asked for', async () => {
  const { review } = await opened();
  await review.look();
  review.all = true;
  expect(review.queue.map(({ id }) => id).at(-1)).toBe('Ada came');
  review.all = false;
  review.begin('Ada came'); // an address that names one
  expect([review.all, review.current?.id]).toEqual([true, 'Ada came']);
});

test('answers that cannot be read are told', async () => {
  const { datasets, edits } = await opened();
  const review = new ReviewState(
    datasets,
    edits,
    answers(() => Promise.reject(new Error('gone'))),
  );
  await review.look();
  expect(review.problem).not.toBeNull();
  expect(review.items).toBeNull();
});

test('answers that come later are looked at too', async () => {
  const { datasets, edits } = await opened();
  const parts = [grounded([entities(['Ada', 'PER']), '', '', '', '', '']), once];
  let [came, reads] = [0, 0];
  const read = () => {
    reads++;
    return Promise.resolve({ samples: parts[came]! });
  };
  const review = new ReviewState(
    datasets,
    edits,
    answers(read, () => came),
  );
  await review.look();
  expect([review.items?.length, review.queue.length]).toEqual([1, 0]);
  came = 1;
  await review.look();
  await review.look();
  expect([review.items?.length, review.queue.length, reads]).toEqual([5, 4, 2]);
});
