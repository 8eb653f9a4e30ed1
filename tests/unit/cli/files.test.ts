import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { zipSync } from 'fflate';
import { modelSource } from '../../../src/cli/files/checkpointFolder.ts';
import { formatOfName } from '../../../src/cli/files/dataFiles.ts';
import { readJson, readText, writeFolder, writeWhole } from '../../../src/cli/files/files.ts';
import { shippedCheckpoint, shippedSample, wasmFolder } from '../../../src/cli/files/package.ts';

const work = mkdtempSync(join(tmpdir(), 'vermeil-files-'));
const at = (name: string) => join(work, name);
const bytes = (text: string) => new TextEncoder().encode(text);

afterAll(() => {
  rmSync(work, { recursive: true, force: true });
});

describe('files', () => {
  it('names what is not there, what is a folder and what is no text', async () => {
    await expect(readText(at('none'))).rejects.toMatchObject({ code: 'file-missing', detail: { file: at('none') } });
    await expect(readText(work)).rejects.toMatchObject({
      code: 'file-unreadable',
      detail: { reason: 'it is a folder' },
    });
    writeFileSync(at('latin'), Uint8Array.of(0x41, 0xe9, 0x41));
    await expect(readText(at('latin'))).rejects.toMatchObject({ detail: { reason: 'it is not UTF-8 text' } });
    await expect(readJson(at('latin'))).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it('writes whole files in place of old ones and leaves nothing beside them', async () => {
    await writeWhole(at('deep/er/file'), 'one');
    await writeWhole(at('deep/er/file'), 'two');
    expect(readdirSync(at('deep/er'))).toEqual(['file']);
    expect(readFileSync(at('deep/er/file'), 'utf8')).toBe('two');
    mkdirSync(at('taken'));
    await expect(writeWhole(at('taken'), 'x')).rejects.toMatchObject({ code: 'file-unreadable' });
    expect(readdirSync(work).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('writes whole folders: what was there before is gone', async () => {
    await writeFolder(
      at('model'),
      new Map([
        ['a', bytes('1')],
        ['sub/b', bytes('2')],
      ]),
    );
    await writeFolder(at('model'), new Map([['c', bytes('3')]]));
    expect(readdirSync(at('model'))).toEqual(['c']);
  });

  it('finds a model in a folder, in the folder of its run, and in a zip', async () => {
    const signal = new AbortController().signal;
    const read = async (path: string) => (await modelSource(path)).read('config.json', () => undefined, signal);
    await writeFolder(at('run/model'), new Map([['config.json', bytes('{}')]]));
    writeFileSync(at('model.zip'), zipSync({ 'config.json': bytes('{}') }));
    for (const path of ['run', 'run/model', 'model.zip']) expect(await read(at(path))).toEqual(bytes('{}'));
    // As the cache of Hugging Face has them.
    mkdirSync(at('linked'));
    symlinkSync(at('run/model/config.json'), at('linked/config.json'));
    symlinkSync(at('nowhere'), at('linked/broken'));
    symlinkSync(at('run/model'), at('link'));
    for (const path of ['linked', 'link']) expect(await read(at(path))).toEqual(bytes('{}'));
    const inBundle = { 'manifest.json': bytes('{}'), 'models/2/config.json': bytes('{}') };
    writeFileSync(at('run.vermeil.zip'), zipSync(inBundle));
    expect(await read(at('run.vermeil.zip'))).toEqual(bytes('{}'));
    writeFileSync(at('several.zip'), zipSync({ ...inBundle, 'models/3/config.json': bytes('{}') }));
    await expect(modelSource(at('several.zip'))).rejects.toMatchObject({
      code: 'usage',
      detail: { next: 'Unpack it and name one of its folders: models/2, models/3.' },
    });
    await expect(modelSource(at('several.zip/x'))).rejects.toMatchObject({ code: 'file-missing' });
    mkdirSync(at('empty'));
    await expect(modelSource(at('empty'))).rejects.toMatchObject({ code: 'file-unreadable' });
    writeFileSync(at('broken.zip'), 'PK');
    await expect(modelSource(at('broken.zip'))).rejects.toMatchObject({ code: 'file-unreadable' });
    await expect(modelSource(at('nowhere'))).rejects.toMatchObject({ code: 'file-missing' });
  });

  it('knows where what is shipped lies', () => {
    expect(existsSync(join(shippedCheckpoint, 'model.safetensors'))).toBe(true);
    expect(existsSync(join(shippedSample, 'gold-test.jsonl'))).toBe(true);
    expect(existsSync(`${wasmFolder()}tfjs-backend-wasm-simd.wasm`)).toBe(true);
    expect([formatOfName('x.conll', 'jsonl'), formatOfName('x.jsonl', 'conll'), formatOfName('x', 'conll')]).toEqual([
      'conll',
      'jsonl',
      'conll',
    ]);
  });
});
