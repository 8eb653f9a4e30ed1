// @ts-check
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { homedir, platform } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * Flags that give WebGPU on SwiftShader, Chromium's GPU in software, and keep the browser from calling home. A GPU that the
 * machine may have is not used, so that every machine runs the tests on the same adapter.
 */
export const chromiumFlags = [
  '--headless=new',
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

const names = {
  linux: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'msedge'],
  darwin: ['chromium', 'google-chrome'],
  win32: ['chrome.exe', 'msedge.exe'],
};

/** @returns {string[]} */
function defaultPlaces() {
  const { env } = process;
  if (platform() === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].flatMap((app) =>
      ['/', homedir()].map((base) => join(base, 'Applications', `${app}.app`, 'Contents/MacOS', app)),
    );
  }
  if (platform() === 'win32') {
    const bases = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].filter(
      (base) => base !== undefined,
    );
    return bases.flatMap((base) => [
      join(base, 'Google/Chrome/Application/chrome.exe'),
      join(base, 'Microsoft/Edge/Application/msedge.exe'),
    ]);
  }
  return ['/opt/google/chrome/chrome', '/opt/microsoft/msedge/msedge', '/snap/bin/chromium'];
}

/** @returns {string[]} */
function onPath() {
  const here = names[/** @type {keyof typeof names} */ (platform())] ?? names.linux;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return here.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** Full Chromiums that Playwright has downloaded, newest first; its headless shell has no WebGPU and is passed over. */
function inPlaywrightCache() {
  const cache =
    process.env['PLAYWRIGHT_BROWSERS_PATH'] ??
    {
      darwin: join(homedir(), 'Library/Caches/ms-playwright'),
      win32: join(process.env['LOCALAPPDATA'] ?? homedir(), 'ms-playwright'),
    }[/** @type {string} */ (platform())] ??
    join(homedir(), '.cache/ms-playwright');
  if (!existsSync(cache)) return [];
  const builds = readdirSync(cache).filter((name) => /^chromium-\d+$/.test(name));
  builds.sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)));
  const inside = [
    'chrome-linux64/chrome',
    'chrome-linux/chrome',
    'chrome-win64/chrome.exe',
    'chrome-win/chrome.exe',
    'chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
    'chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
    'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
  ];
  return builds.flatMap((build) => inside.map((path) => join(cache, build, path)));
}

/** @param {string} path */
function runs(path) {
  try {
    accessSync(path, constants.X_OK);
    // Ubuntu's chromium-browser may be a stub that only says "install the snap": ask it. Windows' chrome.exe opens a window.
    if (platform() !== 'win32') execFileSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

/**
 * Path of a full Chromium, Chrome or Edge: CHROMIUM, then PATH, Playwright's cache, the usual places. Null = none.
 * Throws where CHROMIUM names something that does not run.
 *
 * @returns {string | null}
 */
export function findChromium() {
  const named = process.env['CHROMIUM'];
  if (named !== undefined && named !== '') {
    if (runs(named)) return named;
    throw new Error(`CHROMIUM names ${named}, which does not run`);
  }
  return [...onPath(), ...inPlaywrightCache(), ...defaultPlaces()].find(runs) ?? null;
}

/** The path, for the configs of the tests. Throws the sentence that says what to do where there is none. */
export function chromiumPath() {
  const path = findChromium();
  if (path === null) throw new Error(noChromium);
  return path;
}

export const noChromium =
  'No Chromium was found. Install Chromium, Chrome or Edge, or name one: CHROMIUM=/path/to/chrome npm test';
