// @ts-check
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { zipSync } from 'fflate';
import { build } from 'vite';
import { ensureCliBuilt } from './build-cli.mjs';

/**
 * Makes what is handed on:
 *
 *     node scripts/release.mjs [--out DIR]
 *
 * `vermeil-VERSION.zip` holds the one-file app with the model inside, the app for a web server, the npm package and the docs,
 * each file with its SHA-256 in SHA256SUMS. `vermeil-VERSION.tgz` is that npm package: all
 * that it needs is inside, so that it installs without a registry. SHA256SUMS beside the two holds theirs.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { out: { type: 'string', default: 'release' } } });
const out = resolve(root, values.out);
const { version, description, license, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const papers = ['README.md', 'CHANGELOG.md', 'LICENSE', 'NOTICE'];
/** @param {string} from */
const noMaps = (from) => !from.endsWith('.map');

const start = `Vermeil ${version}

ONE PERSON, NOTHING TO INSTALL: double-click vermeil.html, then "Try the sample".
  It opens in Chrome or Edge, and needs no network, no server and no rights; the model is inside. Nothing is sent anywhere.
  If another browser opens, drag the file into a window of Chrome or Edge.
  What you make stays in that browser, not on the stick: "... on this device", at the lower left, downloads it.

SEVERAL PEOPLE: put the folder app on a web server, under any path. docs/offline.md has the lines for nginx, Caddy and Python.
NODE 20.19 OR NEWER: npm install --global --offline ./vermeil-${version}.tgz, then "vermeil serve" or "vermeil help".
EVERY FILE WHOLE? sha256sum --check SHA256SUMS
`;

mkdirSync(out, { recursive: true });
const stage = mkdtempSync(join(tmpdir(), 'vermeil-release-'));
const [bundle, npm] = [join(stage, 'bundle'), join(stage, 'npm')];
mkdirSync(npm);

await build({ root, logLevel: 'warn', build: { outDir: join(bundle, 'app'), emptyOutDir: true, sourcemap: false } });
await ensureCliBuilt();
node('scripts/build-single.mjs', '--with-model', '--out', join(bundle, 'vermeil.html'));
for (const name of [...papers, 'docs']) cpSync(join(root, name), join(bundle, name), { recursive: true });
writeFileSync(join(bundle, 'START-HERE.txt'), start.replaceAll('\n', '\r\n')); // so that every editor shows its lines

cpSync(join(root, 'bin'), join(npm, 'bin'), { recursive: true });
cpSync(join(root, 'dist-cli'), join(npm, 'dist-cli'), { recursive: true, filter: noMaps });
cpSync(join(bundle, 'app'), join(npm, 'dist'), { recursive: true });
for (const name of [...papers, 'docs']) cpSync(join(root, name), join(npm, name), { recursive: true });
const manifest = {
  name: 'vermeil',
  version,
  description,
  license,
  type: 'module',
  engines,
  bin: { vermeil: 'bin/vermeil' },
};
writeFileSync(join(npm, 'package.json'), JSON.stringify(manifest, null, 2));
execFileSync('npm', ['pack', '--silent', '--offline', '--pack-destination', out], {
  cwd: npm,
  stdio: ['ignore', 'ignore', 'inherit'],
  shell: process.platform === 'win32',
});
const tarball = `vermeil-${version}.tgz`;
cpSync(join(out, tarball), join(bundle, tarball));

const paths = readdirSync(bundle, { recursive: true, encoding: 'utf8' })
  .filter((path) => statSync(join(bundle, path)).isFile())
  .map((path) => path.replaceAll('\\', '/'))
  .sort();
writeFileSync(join(bundle, 'SHA256SUMS'), sums(bundle, paths));
/** @type {import('fflate').Zippable} */
const entries = {};
for (const path of [...paths, 'SHA256SUMS']) {
  const level = /\.(safetensors|tgz)$/.test(path) ? 0 : 6; // what hardly shrinks is only stored
  entries[`vermeil-${version}/${path}`] = [readFileSync(join(bundle, path)), { level, mtime: '1980-01-02' }];
}
const zip = `vermeil-${version}.zip`;
writeFileSync(join(out, zip), zipSync(entries));
rmSync(stage, { recursive: true });
writeFileSync(join(out, 'SHA256SUMS'), sums(out, [tarball, zip]));
for (const name of [tarball, zip])
  console.log(`${join(out, name)}: ${(statSync(join(out, name)).size / 1e6).toFixed(1)} MB`);

/** @param {string[]} args */
function node(...args) {
  execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Lines as sha256sum writes and checks them. @param {string} folder @param {string[]} names */
function sums(folder, names) {
  const digest = (/** @type {string} */ name) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  return names.map((name) => `${digest(name)}  ${name}\n`).join('');
}
