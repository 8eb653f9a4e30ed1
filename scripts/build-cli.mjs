// @ts-check
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampPath = join(root, 'dist-cli/.built-from');
const lockPath = join(root, 'node_modules/.vermeil-cli-build');

/** Files whose change asks for a new build. */
function sources() {
  const inSrc = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join('src', path));
  return [...inSrc, 'package-lock.json', 'vite.cli.config.ts', 'scripts/build-cli.mjs'].sort();
}

/** SHA-256 over names and contents: times of files say nothing after a clone or a change of branch. */
function digestOfSources() {
  const hash = createHash('sha256');
  for (const path of sources()) {
    const bytes = readFileSync(join(root, path));
    hash.update(`${path}\0${String(bytes.length)}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/** @param {string} digest */
function isBuiltFrom(digest) {
  try {
    return readFileSync(stampPath, 'utf8') === digest;
  } catch {
    return false;
  }
}

/**
 * Builds `dist-cli/` unless it was built from these very sources. Processes that start at one time wait for the one that
 * builds. Prints to stderr only: stdout belongs to the command.
 */
export async function ensureCliBuilt() {
  for (;;) {
    const digest = digestOfSources();
    if (isBuiltFrom(digest)) return;
    if (!takeLock()) {
      await sleep(200);
      continue;
    }
    try {
      if (isBuiltFrom(digest)) return;
      process.stderr.write('Building the command line (dist-cli/) …\n');
      const { build } = await import('vite');
      await build({ root, configFile: join(root, 'vite.cli.config.ts'), logLevel: 'error' });
      writeFileSync(stampPath, digest);
      return;
    } finally {
      rmSync(lockPath, { recursive: true, force: true });
    }
  }
}

/** A file that names the process that builds. One that was left by a process that has ended is taken away. */
function takeLock() {
  try {
    writeFileSync(lockPath, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  try {
    if (isLeftBehind()) rmSync(lockPath, { recursive: true, force: true });
  } catch {
    // The other process has just finished.
  }
  return false;
}

function isLeftBehind() {
  const pid = Number(readFileSync(lockPath, 'utf8'));
  // Made and not yet written, unless it stays so.
  if (!(pid > 0)) return Date.now() - statSync(lockPath).mtimeMs > 10_000;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await ensureCliBuilt();
