// @ts-check
import { execSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Runs `npm ci` where node_modules is not what package-lock.json says; does nothing otherwise. It stands before every script
 * that a fresh clone may start with, so it needs no package itself.
 */
const root = fileURLToPath(new URL('..', import.meta.url));

/** @typedef {{ version?: string, optional?: boolean, link?: boolean }} Entry */

/** @param {string} path @returns {Record<string, Entry> | null} */
function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

/** The reason for an install, null where there is none. */
function disagreement() {
  const wanted = packagesOf('package-lock.json');
  // npm writes this copy of the lock file last, when everything else is in place.
  const present = packagesOf('node_modules/.package-lock.json');
  if (wanted === null) return null;
  if (present === null) return 'the packages are not installed yet';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link === true) continue;
    const found = present[path];
    if (found === undefined && entry.optional === true) continue; // made for another system
    if (found?.version !== entry.version || !existsSync(join(root, path, 'package.json'))) {
      return `${path.replace(/^.*node_modules\//, '')} is missing or of another version than in package-lock.json`;
    }
  }
  return null;
}

const reason = disagreement();
if (reason !== null) {
  process.stderr.write(`Installing packages (npm ci): ${reason}.\n`);
  try {
    // What npm prints must not stand on stdout, where a command may print for a program to read.
    execSync('npm ci --no-audit --no-fund', { cwd: root, stdio: ['ignore', 2, 2] });
  } catch {
    process.stderr.write('npm ci failed: see its message above, then run it again by hand.\n');
    process.exit(1);
  }
}
