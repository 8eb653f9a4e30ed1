/**
 * What the reference run must take over from Vermeil: the random head and the order of the sentences. Writes
 * `start.safetensors` beside itself: `classifier.weight` [9, 384] and `classifier.bias` of seed 5, and in its metadata the
 * sentences of each of 50 batches of 4, as the sampler draws them from 24.
 *
 * Run: node tests/golden/shipped/start.mjs, then make.py. Only needed anew when head or sampler change on purpose.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const load = async (path) => (await runnerImport(`${root}src/${path}`, { root, configFile: false })).module;

const { Sampler } = await load('blend/sampler.ts');
const { newHead } = await load('engine/model/parameters.ts');
const { writeSafetensors } = await load('engine/checkpoint/safetensors.ts');

const cursor = new Sampler(5, { silver: 0, gold: 24 }).cursor('gold');
const batches = Array.from({ length: 50 }, () => cursor.takeOfPass(4));
const head = newHead({ hidden: 384, initializerRange: 0.02 }, 9, 5);
const bytes = writeSafetensors(head, { batches: JSON.stringify(batches), seed: '5' });
await writeFile(new URL('start.safetensors', import.meta.url), bytes);
