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
 * Path of a full Chromium, Chrome or Edge: what CHROMIUM names and nothing else where it is set, else the first of PATH,
 * Playwright's cache and the usual places. Null = none.
 *
 * @returns {string | null}
 */
export function findChromium() {
  const named = namedChromium();
  const places = named === null ? [...onPath(), ...inPlaywrightCache(), ...defaultPlaces()] : [named];
  return places.find(runs) ?? null;
}

/** What the user has named, null where nothing is. */
export function namedChromium() {
  const named = process.env['CHROMIUM'] ?? '';
  return named === '' ? null : named;
}

/** The sentence for the case that there is none: what is wrong and what to do. */
export function whyNoChromium() {
  const named = namedChromium();
  return named === null
    ? 'No Chromium was found. Install Chromium, Chrome or Edge, or name one: CHROMIUM=/path/to/chrome npm test'
    : `CHROMIUM names ${named}, which does not run. Name another, or leave it out to have one looked for.`;
}
