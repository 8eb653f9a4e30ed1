import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, test, vi } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { sha256Hex } from '../../../src/core/hash.ts';
import { AppError } from '../../../src/core/errors.ts';
import { datasetFiles, datasetOf, type BundledDataset } from '../../../src/data/bundle/datasetPart.ts';
import { filesInZip, looseFiles } from '../../../src/data/bundle/files.ts';
import { openBundle } from '../../../src/data/bundle/read.ts';
import { writeBundle, type PartToWrite } from '../../../src/data/bundle/write.ts';
import { wordsOf } from '../../../src/data/words.ts';

const digest = (bytes: Uint8Array) => Promise.resolve(sha256Hex(bytes));
const head = { appVersion: '1', projectName: 'Trial', createdMs: 7 };

const gold: BundledDataset = {
  name: 'gold “one”',
  role: 'gold',
  findings: [{ code: 'empty-sentence', severity: 'note', line: 3, message: 'Empty.', excerpt: '  ', sentence: 'a' }],
  source: { fileName: '', format: 'made', made: { from: ['x'], how: 'Part 1' } },
  notice: 'n',
  createdMs: 5,
  sentences: [
    {
      id: 'a',
      text: '😀 Ada’s  bees',
      words: [{ start: 3, end: 9 }],
      spans: [{ start: 3, end: 6, label: 'PER-X' }],
      meta: { doc: '1' },
      authors: { all: { kind: 'person', name: 'Eve', version: 2 } },
    },
    { id: 'b', text: 'nobody looked', words: wordsOf('nobody looked'), spans: null },
    { id: 'c', text: 'none', words: wordsOf('none'), spans: [] },
  ],
};
const empty: BundledDataset = { ...gold, name: 'empty', sentences: [] };

function partOf(dataset: BundledDataset, id: string): PartToWrite {
  return { kind: 'dataset', id, name: dataset.name, files: () => Promise.resolve(datasetFiles(dataset)) };
}

const openedBlob = async (zip: Blob) => openBundle((await filesInZip(zip)) ?? looseFiles(new Map()), digest);
const opened = (zip: Uint8Array) => openedBlob(new Blob([new Uint8Array(zip)]));

async function written(parts: readonly PartToWrite[]): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  await writeBundle(head, parts, { chunk: (bytes) => chunks.push(bytes), digest });
  return Buffer.concat(chunks);
}

describe('a bundle', () => {
  test('gives back what went in, to the last bit', async () => {
    const weights = new Uint8Array(3_000_001).map((_, i) => (i * 7919) >>> 3);
    const model: PartToWrite = {
      kind: 'model',
      id: 'r',
      name: 'run',
      files: () => Promise.resolve(new Map([['model.safetensors', weights]])),
    };
    const zip = await written([partOf(gold, 'g'), partOf(empty, 'e'), model]);
    const bundle = (await opened(zip))!;
    expect(bundle.problems).toEqual([]);
    expect(bundle.manifest).toMatchObject({ ...head, version: 1 });
    const [one, two, three] = bundle.manifest.parts;
    expect(datasetOf(one!, await bundle.read(one!))).toEqual(gold);
    expect(datasetOf(two!, await bundle.read(two!))).toEqual(empty);
    const read = (await bundle.read(three!)).get('model.safetensors');
    expect(Buffer.compare(read!, weights)).toBe(0);
  });

  test('is a plain zip, and equal content gives equal bytes', async () => {
    const zip = await written([partOf(gold, 'g')]);
    expect(Object.keys(unzipSync(zip))).toEqual([
      'datasets/1/dataset.json',
      'datasets/1/sentences.jsonl',
      'manifest.json',
    ]);
    expect(sha256Hex(await written([partOf(gold, 'g')]))).toBe(sha256Hex(zip));
  });

  test('with one part damaged still gives the others', async () => {
    const files = unzipSync(await written([partOf(gold, 'g'), partOf({ ...gold, name: 'other' }, 'o')]));
    files['datasets/1/sentences.jsonl'] = strToU8(
      strFromU8(files['datasets/1/sentences.jsonl']!).replace('PER-X', 'ORG-X'),
    );
    const bundle = (await opened(zipSync(files)))!;
    const [bad, good] = bundle.manifest.parts;
    await expect(bundle.read(bad!)).rejects.toMatchObject({
      code: 'data-invalid',
      detail: { reason: '“gold “one”” cannot be taken out of the bundle: datasets/1/sentences.jsonl is damaged' },
    });
    expect(datasetOf(good!, await bundle.read(good!)).sentences).toEqual(gold.sentences);
  });

  test('of a newer version is opened as far as it is known', async () => {
    const files = unzipSync(await written([partOf(gold, 'g')]));
    const manifest = JSON.parse(strFromU8(files['manifest.json']!)) as { parts: object[] };
    const newer = {
      ...manifest,
      version: 2,
      parts: [...manifest.parts, { kind: 'hologram', name: 'h', files: [] }, 5],
    };
    const bundle = (await opened(zipSync({ ...files, 'manifest.json': strToU8(JSON.stringify(newer)) })))!;
    expect(bundle.manifest.parts.map(({ id }) => id)).toEqual(['g']);
    expect(bundle.problems).toEqual([
      'It was written by a newer version of Vermeil; what this version knows can be taken out.',
      '“h” is of a kind or form that this version does not know.',
      'Part 3 is of a kind or form that this version does not know.',
    ]);
  });

  test('is told from other zips and other files', async () => {
    expect(await opened(zipSync({ 'a.txt': strToU8('a') }))).toBeNull();
    expect(await opened(zipSync({ 'manifest.json': strToU8('{}') }))).toBeNull();
    for (const text of ['PK', '', 'no zip at all, and longer than the record at the end of one']) {
      expect(await opened(strToU8(text))).toBeNull();
    }
  });

  test('is read by parts: of a model beside it nothing, and a comment at the end is no trouble', async () => {
    const model: PartToWrite = {
      ...{ kind: 'model', id: 'r', name: 'run' },
      files: () => Promise.resolve(new Map([['model.safetensors', new Uint8Array(5_000_000)]])),
    };
    const zip = await written([model, partOf(gold, 'g')]);
    const comment = strToU8('told by whoever packed it again');
    const bytes = new Uint8Array([...zip, ...comment]);
    new DataView(bytes.buffer).setUint16(zip.length - 2, comment.length, true);
    const blob = new Blob([bytes]);
    let read = 0;
    vi.spyOn(Blob.prototype, 'slice').mockImplementation(function (this: Blob, start = 0, end = this.size) {
      const part = bytes.slice(start, end);
      read += part.length;
      return new File([part], 'part');
    });
    const bundle = (await openedBlob(blob))!;
    expect(datasetOf(bundle.manifest.parts[1]!, await bundle.read(bundle.manifest.parts[1]!))).toEqual(gold);
    vi.restoreAllMocks();
    expect(read).toBeLessThan(100_000);
  });

  test('of other tools is opened too: files that are stored, and sizes that stand behind them', async () => {
    const files = unzipSync(await written([partOf(gold, 'g')]));
    const bundle = (await opened(zipSync(files, { level: 0 })))!;
    expect(datasetOf(bundle.manifest.parts[0]!, await bundle.read(bundle.manifest.parts[0]!))).toEqual(gold);
  });

  test('that unpacks to more than it says is refused', async () => {
    const files = unzipSync(await written([partOf(gold, 'g')]));
    const bomb = zipSync({ ...files, 'datasets/1/sentences.jsonl': new Uint8Array(50_000_000) });
    const bundle = (await opened(bomb))!;
    await expect(bundle.read(bundle.manifest.parts[0]!)).rejects.toMatchObject({ code: 'data-invalid' });
  });
});

test('any mutation of a bundle is no bundle, a refused part, or the very content', async () => {
  const zip = await written([partOf(gold, 'g'), partOf({ ...gold, name: 'second' }, 's')]);
  const random = createRandom(20261124, 'bundle fuzz');
  const seen = { none: 0, refused: 0, whole: 0 };
  for (let n = 0; n < 3000; n++) {
    const bytes = Uint8Array.from(zip);
    for (let k = 0; k <= random.below(3); k++) bytes[random.below(bytes.length)] = random.below(256);
    const cut = n % 3 === 0 ? bytes.subarray(0, random.below(bytes.length)) : bytes;
    const bundle = await opened(cut);
    if (bundle === null) seen.none++;
    for (const part of bundle?.manifest.parts ?? []) {
      try {
        const { sentences } = datasetOf(part, await bundle!.read(part));
        seen.whole++;
        expect(sentences).toEqual(gold.sentences);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        expect(error.code).toBe('data-invalid');
        seen.refused++;
      }
    }
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
});
