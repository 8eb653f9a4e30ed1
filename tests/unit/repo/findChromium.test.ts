import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findChromium, whyNoChromium } from '../../../scripts/find-chromium.mjs';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vermeil-chromium-'));
  vi.stubEnv('CHROMIUM', '');
  vi.stubEnv('PATH', join(folder, 'bin'));
  vi.stubEnv('PLAYWRIGHT_BROWSERS_PATH', join(folder, 'cache'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A program that answers `--version` with an exit code. */
function program(path: string, code = 0): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, `#!/bin/sh\nexit ${String(code)}\n`);
  chmodSync(full, 0o755);
  return full;
}

it.runIf(process.platform === 'linux')(
  'looks in PATH, then in the newest of the cache, and passes over what does not run',
  () => {
    const old = program('cache/chromium-999/chrome-linux/chrome');
    expect(findChromium()).toBe(old);
    const newer = program('cache/chromium-1200/chrome-linux64/chrome');
    program('cache/chromium_headless_shell-1300/chrome-linux/headless_shell');
    expect(findChromium()).toBe(newer);
    program('bin/chromium-browser', 1);
    expect(findChromium()).toBe(newer);
    const installed = program('bin/google-chrome');
    expect(findChromium()).toBe(installed);
  },
);

it.runIf(process.platform === 'linux')('takes the one that is named, and no other', () => {
  program('bin/chromium');
  const named = program('mine');
  vi.stubEnv('CHROMIUM', named);
  expect(findChromium()).toBe(named);
  vi.stubEnv('CHROMIUM', join(folder, 'none'));
  expect(findChromium()).toBeNull();
  expect(whyNoChromium()).toContain(join(folder, 'none'));
});
