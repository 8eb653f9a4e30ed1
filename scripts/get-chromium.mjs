// @ts-check
import { spawnSync } from 'node:child_process';
import { findChromium, namedChromium } from './find-chromium.mjs';

/** @param {string} command @param {string[]} args */
function succeeds(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  return status === 0;
}

/** @param {string} command */
function exists(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/**
 * A Chromium for the tests: one that is there, else Debian's package where this process may install it, else Playwright's
 * download. Says what it does. Null where nothing worked, or where CHROMIUM names one that does not run.
 *
 * @returns {string | null}
 */
export function getChromium() {
  const found = findChromium();
  if (found !== null || namedChromium() !== null) return found;
  const mayInstall = process.getuid?.() === 0 && exists('apt-get');
  if (mayInstall) {
    console.log('No Chromium here: installing the package `chromium` with apt-get.');
    succeeds('apt-get', ['update', '-qq']);
    if (succeeds('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'])) {
      const installed = findChromium();
      if (installed !== null) return installed;
    }
  }
  console.log("No Chromium here: downloading Playwright's build.");
  succeeds('npx', ['playwright', 'install', ...(mayInstall ? ['--with-deps'] : []), '--no-shell', 'chromium']);
  return findChromium();
}
