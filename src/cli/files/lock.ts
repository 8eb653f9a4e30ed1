import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { usageError } from '../usage.ts';
import { systemCode, writeFailure } from './files.ts';

/**
 * Runs `body` while no other command works on `path`, a file or folder that need not be there yet. Held by a file beside it
 * that names process and machine; the one of a process that has ended counts for nothing. Throws `usage` where another
 * command holds it, and what writing a file throws.
 */
export async function withLock<T>(path: string, body: () => Promise<T>): Promise<T> {
  const lock = `${path.replace(/[/\\]+$/, '')}.lock`;
  await take(path, lock);
  try {
    return await body();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(path: string, lock: string): Promise<void> {
  for (;;) {
    try {
      await mkdir(dirname(lock), { recursive: true });
      const file = await open(lock, 'wx');
      await file.writeFile(ownWords());
      await file.close();
      return;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw writeFailure(error, path);
    }
    const holder = await readFile(lock, 'utf8').catch(() => '');
    if (isAlive(holder)) {
      throw usageError(
        `Another vermeil works on ${path} (${holder.trim()}).`,
        `Wait for it, or give another --out. If none runs any more, delete ${lock}.`,
      );
    }
    await rm(lock, { force: true });
  }
}

function ownWords(): string {
  return `process ${String(process.pid)} on ${hostname()}\n`;
}

/** Whether the process that wrote these words may still run; one of another machine may. */
function isAlive(words: string): boolean {
  const [, pid, host] = /^process (\d+) on (.*)\n$/.exec(words) ?? [];
  // Empty or cut off: the other is just writing it, or was ended in that moment. It says itself when to delete it.
  if (pid === undefined || host !== hostname()) return true;
  if (Number(pid) === process.pid) return false; // left by a process of the same number, as containers give them
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
