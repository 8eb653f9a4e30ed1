/**
 * Writes the folder that Vermeil exports of the tiny model l3-h60, for `check_export.py` to load.
 *
 * Run: node tests/golden/export/write.mjs FOLDER
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name the folder to write');
const root = fileURLToPath(new URL('../../../', import.meta.url));
const load = async (path) => (await runnerImport(root + path, { root, configFile: false })).module;

const { loadGoldenCheckpoint } = await load('tests/support/goldenModel.ts');
const { exportCase } = await load('tests/support/exportCase.ts');
const read = async (path) => new Uint8Array(await readFile(`${root}tests/golden/${path}`));
const checkpoint = await loadGoldenCheckpoint(read, 'model/l3-h60', ['config.json', 'model.safetensors', 'vocab.txt']);
await mkdir(folder, { recursive: true });
for (const [name, bytes] of exportCase(checkpoint)) await writeFile(join(folder, name), bytes);
