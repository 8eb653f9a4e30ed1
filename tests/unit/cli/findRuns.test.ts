import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digest } from '../../../src/cli/files/bundles.ts';
import { filesInFolder } from '../../../src/cli/files/folder.ts';
import { writeFacts } from '../../../src/cli/training/factsFile.ts';
import { findRuns } from '../../../src/cli/training/findRuns.ts';
import { runFolder, writeFinishedRun } from '../../../src/cli/training/runFolder.ts';
import { sha256Hex } from '../../../src/core/hash.ts';
import { writeBundle } from '../../../src/data/bundle/write.ts';
import { factsOf } from '../../../src/run/experiment/facts.ts';
import { openRuns } from '../../../src/run/runsFolder.ts';
import { runFiles } from '../../../src/storage/runPart.ts';
import type { StoredRun } from '../../../src/storage/runs.ts';
import { tinySentences } from '../../support/tinyData.ts';
import { finishedRun } from '../../support/finishedRuns.ts';

const runs = [finishedRun({ seed: 0 }, 20), finishedRun({ seed: 1 }, 30)];
let folder: string;
let zip: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vermeil-find-'));
  zip = await bundleOf();
});
afterAll(() => rm(folder, { recursive: true }));

/** As the page writes it: two finished runs, and one that was stopped. */
async function bundleOf(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const parts = [...runs, null].map((finished, i) => {
    const stored = { id: String(i), name: `Run ${String(i)}`, record: finished?.record ?? null } as StoredRun;
    const files = () => Promise.resolve(runFiles(stored, finished?.predictions ?? null));
    return { kind: 'run' as const, id: stored.id, name: stored.name, files };
  });
  await writeBundle({ appVersion: '1', projectName: '', createdMs: 1 }, parts, {
    chunk: (bytes) => chunks.push(bytes),
    digest: (bytes) => Promise.resolve(sha256Hex(bytes)),
  });
  return Buffer.concat(chunks);
}

async function kept(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return path;
}

async function found(path: string) {
  const said: string[] = [];
  return { ...(await findRuns(path, (line) => said.push(line))), said };
}

test('a bundle of the app holds the runs that the command line compares, packed', async () => {
  expect(await found(await kept('project.vermeil.zip', zip))).toEqual({ runs, facts: null, said: [] });
});

test('and unpacked, from its own folder or that of its runs', async () => {
  for (const [name, bytes] of Object.entries(unzipSync(zip))) await kept(`open/${name}`, bytes);
  expect(await found(join(folder, 'open'))).toEqual({ runs, facts: null, said: [] });
  expect(await found(join(folder, 'open', 'runs'))).toEqual({ runs, facts: null, said: [] });
  expect(await found(join(folder, 'open', 'runs', '2'))).toEqual({ runs: [runs[1]], facts: null, said: [] });
});

const facts = factsOf({ silver: [], gold: tinySentences(0, 3), dev: [], test: tinySentences(2, 2) });
const model = new Map([['config.json', strToU8('{}')]]);

test('what the command line writes itself is found the same, with the facts beside it, and zipped', async () => {
  const own = join(folder, 'own');
  for (const run of runs) await writeFinishedRun(runFolder(own, run.record.config), run, model);
  expect(await found(own)).toEqual({ runs, facts: null, said: [] });
  await writeFacts(own, facts);
  expect(await found(own)).toEqual({ runs, facts, said: [] });
  const bundle = (await openRuns(await filesInFolder(own), { digest, name: 'own', createdMs: 0 }))!;
  const files: Record<string, Uint8Array> = {};
  for (const { path } of bundle.manifest.parts.flatMap((part) => part.files))
    files[`own/${path}`] = await readFile(join(own, path));
  expect(await found(await kept('own.zip', zipSync(files)))).toEqual({ runs, facts, said: [] });
});

test('a run that lies in a folder twice counts once, and the copy is told', async () => {
  const twice = join(folder, 'twice');
  for (const name of ['a', 'b'])
    for (const run of runs) await writeFinishedRun(runFolder(join(twice, name), run.record.config), run, model);
  const { runs: counted, said } = await found(twice);
  expect(counted).toEqual(runs);
  expect(said).toEqual([
    expect.stringMatching(/twice: b\/.+\/record\.json: it is the same run as in a\/.+\/record\.json, and is left out$/),
    expect.stringMatching(/twice: b\/.+ left out$/),
  ]);
});

test('what a run of the page says of its data comes along', async () => {
  const files = unzipSync(zip);
  const about = { ...(JSON.parse(strFromU8(files['runs/1/run.json']!)) as object), notice: 'Nobody labelled it.' };
  await kept('noticed/record.json', files['runs/1/record.json']!);
  await kept('noticed/predictions.json', files['runs/1/predictions.json']!);
  await kept('noticed/run.json', strToU8(JSON.stringify(about)));
  expect((await found(join(folder, 'noticed'))).runs).toEqual([{ ...runs[0], notice: 'Nobody labelled it.' }]);
});

test('a damaged run of a bundle is told with its file, and the others are compared', async () => {
  const files = unzipSync(zip);
  const broken = strToU8(strFromU8(files['runs/2/record.json']!).replace('"steps":10', '"steps":-1'));
  const path = await kept('broken.zip', zipSync({ ...files, 'runs/2/record.json': broken }));
  expect(await found(path)).toEqual({
    runs: [runs[0]],
    facts: null,
    said: [`${path}: “Run 1” cannot be taken out of the bundle: runs/2/record.json is damaged`],
  });
  // The same bytes with a digest that fits: what is in them is wrong.
  const text = strFromU8(files['manifest.json']!);
  const manifest = text.replace(sha256Hex(files['runs/2/record.json']!), sha256Hex(broken));
  const fits = zipSync({ ...files, 'runs/2/record.json': broken, 'manifest.json': strToU8(manifest) });
  expect((await found(await kept('wrong.zip', fits))).said).toEqual([
    expect.stringMatching(/“Run 1” cannot be taken out of the bundle: record\.json: steps: .* -1$/),
  ]);
  await kept('wrong/record.json', broken);
  expect(await found(join(folder, 'wrong'))).toEqual({
    ...{ runs: [], facts: null },
    said: [expect.stringMatching(/wrong: record\.json: it is no record of a run \(steps: .* -1\)$/)],
  });
});

test('a zip of something else is no bundle', async () => {
  const path = await kept('other.zip', zipSync({ 'a.txt': strToU8('a') }));
  await expect(found(path)).rejects.toMatchObject({ code: 'file-unreadable' });
  await expect(found(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'file-missing' });
});
