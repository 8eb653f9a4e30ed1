import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { chromium, expect, test } from '@playwright/test';
import { chromiumFlags, findChromium } from '../../scripts/find-chromium.mjs';
import { addSample, fill, finished } from './support/steps.ts';

const run = promisify(execFile);
let folder: string;
let release: string;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vermeil-release-'));
  release = process.env['VERMEIL_RELEASE'] ?? join(folder, 'release');
  if (process.env['VERMEIL_RELEASE'] === undefined) {
    await run('node', [resolve('scripts/release.mjs'), '--out', release], {
      env: { ...process.env, FORCE_COLOR: '0' },
    });
  }
});
test.afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function fileEnding(end: string): Promise<string> {
  const name = (await readdir(release)).find((one) => one.endsWith(end));
  if (name === undefined) throw new Error(`the release has no ${end}`);
  return join(release, name);
}

test('the zip holds what it says, and its checksums are those of its files', async () => {
  await run('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: release });
  const files = unzipSync(await readFile(await fileEnding('.zip')));
  const top = Object.keys(files)[0]?.split('/', 1)[0] ?? '';
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  const wanted = [
    'vermeil.html',
    'START-HERE.txt',
    'docs/offline.md',
    'LICENSE',
    'app/index.html',
    'app/serviceWorker.js',
  ];
  for (const name of [...wanted, 'app/models/all-MiniLM-L6-v2/model.safetensors']) {
    expect(Object.keys(files)).toContain(`${top}/${name}`);
  }
  await run('sha256sum', ['--check', '--quiet', '--strict', 'SHA256SUMS'], { cwd: join(folder, top) });
  await writeFile(join(folder, top, 'LICENSE'), 'changed');
  await expect(run('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: join(folder, top) })).rejects.toThrow();
});

test('a double click opens the app with its model inside, and the folder for servers says where to go', async () => {
  const [top] = (await readdir(folder)).filter((name) => name.startsWith('vermeil-'));
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: chromiumFlags,
  });
  const app = pathToFileURL(join(folder, top!, 'vermeil.html')).href;
  const page = await browser.newPage({ baseURL: app });
  const asked = new Set<string>();
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url())) asked.add(request.url().split('#', 1)[0] ?? '');
  });
  await page.goto(pathToFileURL(join(folder, top!, 'app/index.html')).href);
  await expect(page.getByText('cannot be opened as a file')).toBeVisible();
  await page.waitForLoadState();
  asked.clear();
  await page.getByRole('link', { name: 'vermeil.html' }).click();
  await expect(page.getByRole('button', { name: 'Try the sample' })).toBeVisible({ timeout: 60_000 });
  await addSample(page);
  await page.goto('#/train');
  await fill(page, { Steps: '2', Layers: '1', Batch: '2' });
  await page.getByRole('button', { name: /^Train 1 run/ }).click();
  await finished(page);
  expect([...asked]).toEqual([app]);
  await browser.close();
});

test('the npm package installs without a registry and works by itself', async () => {
  const home = join(folder, 'home');
  await mkdir(home);
  await writeFile(join(home, 'package.json'), '{"name":"home","private":true}');
  const env = { ...process.env, npm_config_cache: join(folder, 'cache'), npm_config_registry: 'http://localhost:9/' };
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', await fileEnding('.tgz')], { cwd: home, env });
  expect(await readdir(join(home, 'node_modules'))).toEqual(expect.arrayContaining(['.bin', 'vermeil']));
  expect((await readdir(join(home, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual(['vermeil']);

  const vermeil = join(home, 'node_modules/.bin/vermeil');
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  expect((await run(vermeil, ['--version'], { cwd: home })).stdout).toContain(version);
  await writeFile(join(home, 'a.conll'), 'Anna B-PER\nsings O\n\nOslo B-LOC\n');
  await writeFile(join(home, 'b.conll'), 'Anna B-PER\nsings O\n\nOslo O\n');
  const { stdout } = await run(vermeil, ['score', 'a.conll', 'b.conll', '--json'], { cwd: home });
  expect(JSON.parse(stdout)).toMatchObject({ default: { micro: { precision: 1, recall: 0.5, support: 2 } } });

  const gold = join(home, 'gold.jsonl');
  const spans = [{ start: 0, end: 4, label: 'PER' }];
  await writeFile(gold, `${JSON.stringify({ text: 'Anna sings.', spans })}\n`);
  const settings = ['--regimen', 'gold-only', '--steps', '2', '--layers', '1', '--device', 'wasm', '--out', 'runs'];
  await run(vermeil, ['train', '--gold', gold, '--test', gold, ...settings], { cwd: home });
  expect(await readdir(join(home, 'runs'))).toContainEqual(expect.stringContaining('gold-only'));
});
