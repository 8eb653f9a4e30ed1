// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whyNoChromium } from './find-chromium.mjs';
import { getChromium } from './get-chromium.mjs';

/**
 * Every check of the project in turn. A part that fails does not keep the later ones from running. The last line is
 * "N passed, N failed": tests of vitest and Playwright, and one for each other check.
 *
 *     node scripts/test.mjs [part …]        all parts, or the named ones
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const reports = mkdtempSync(join(tmpdir(), 'vermeil-test-'));

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string[]} command  A program of node_modules/.bin with its arguments.
 * @property {boolean} [browser]  Whether it needs a Chromium.
 * @property {string} [needs]  A part that must not have failed before.
 * @property {(report: any) => Counts} [count]  Reads the JSON report that the part writes.
 */

/** @param {string} name */
const reportOf = (name) => join(reports, `${name}.json`);

/** @param {string} project @returns {string[]} */
const vitest = (project) => [
  ...['vitest', 'run', '--project', project],
  ...['--reporter=default', '--reporter=json', `--outputFile.json=${reportOf(project)}`],
];

/** @param {any} report @returns {Counts} */
const countVitest = ({ numPassedTests, numFailedTests, numPendingTests }) => ({
  passed: numPassedTests,
  failed: numFailedTests,
  skipped: numPendingTests,
});

/** @type {Part[]} */
const parts = [
  { name: 'types-core', command: ['tsc', '-p', 'tsconfig.core.json'] },
  { name: 'types-node', command: ['tsc', '-p', 'tsconfig.node.json'] },
  {
    name: 'types-page',
    command: ['svelte-check', '--tsconfig', './tsconfig.json', '--output', 'human', '--fail-on-warnings'],
  },
  { name: 'lint', command: ['eslint', '.', '--max-warnings', '0'] },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'unit', command: vitest('unit'), count: countVitest },
  { name: 'browser', command: vitest('browser'), browser: true, count: countVitest },
  { name: 'build', command: ['vite', 'build', '--logLevel', 'warn'] },
  { name: 'build-cli', command: ['node', 'scripts/build-cli.mjs'] },
  {
    name: 'e2e',
    command: ['playwright', 'test', '--reporter=list,json'],
    browser: true,
    needs: 'build',
    count: ({ stats }) => ({ passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped }),
  },
];

/** @param {Part} part @returns {Counts} */
function run(part) {
  const { status, error } = spawnSync(part.command[0] ?? '', part.command.slice(1), {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules/.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env['PATH'] ?? ''}`,
      PLAYWRIGHT_JSON_OUTPUT_FILE: reportOf(part.name),
    },
  });
  if (error !== undefined) console.error(error.message);
  const counts =
    part.count !== undefined && existsSync(reportOf(part.name))
      ? part.count(JSON.parse(readFileSync(reportOf(part.name), 'utf8')))
      : { passed: status === 0 ? 1 : 0, failed: 0, skipped: 0 };
  // A file that does not load, or an error outside of every test, fails the part without failing a test.
  return status === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !parts.some((part) => part.name === name || part.name.startsWith(`${name}-`)));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; there are ${parts.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const chosen = parts.filter(
  (part) => names.length === 0 || names.some((name) => part.name === name || part.name.startsWith(`${name}-`)),
);

/** @type {Map<string, Counts & { seconds: number, note: string }>} */
const results = new Map();
/** @type {string | null | undefined} */
let chromium;
for (const part of chosen) {
  console.log(`\n── ${part.name}`);
  const startedAt = performance.now();
  let note = '';
  if (part.browser === true && chromium === undefined) {
    chromium = getChromium();
    if (chromium !== null) process.env['CHROMIUM'] = chromium;
  }
  if (part.browser === true && chromium === null) note = whyNoChromium();
  if (part.needs !== undefined && (results.get(part.needs)?.failed ?? 0) > 0) note = `not run: ${part.needs} failed`;
  if (note !== '') console.error(note);
  const counts = note === '' ? run(part) : { passed: 0, failed: 1, skipped: 0 };
  results.set(part.name, { ...counts, seconds: (performance.now() - startedAt) / 1000, note });
}
rmSync(reports, { recursive: true, force: true });

console.log('\n── summary');
const total = { passed: 0, failed: 0 };
for (const [name, { passed, failed, skipped, seconds, note }] of results) {
  total.passed += passed;
  total.failed += failed;
  const words = [
    `${String(passed)} passed`,
    failed > 0 ? `${String(failed)} FAILED` : '',
    skipped > 0 ? `${String(skipped)} skipped` : '',
    note,
  ];
  console.log(
    `${name.padEnd(11)}${seconds.toFixed(1).padStart(7)} s   ${words.filter((word) => word !== '').join(', ')}`,
  );
}
console.log(`${String(total.passed)} passed, ${String(total.failed)} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
