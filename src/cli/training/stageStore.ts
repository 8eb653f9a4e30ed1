import { join } from 'node:path';
import { exists, readBytes, remove, writeWhole } from '../files/files.ts';

/** Ends of first stages that other runs take over, by the digest of all that decides them. */
export interface StageStore {
  has(digest: string): Promise<boolean>;
  read(digest: string): Promise<Uint8Array | null>;
  write(digest: string, bytes: Uint8Array): Promise<void>;
  drop(digest: string): Promise<void>;
}

/** Stages in the memory of this thread. */
export function memoryStages(): StageStore {
  const kept = new Map<string, Uint8Array>();
  return {
    has: (digest) => Promise.resolve(kept.has(digest)),
    read: (digest) => Promise.resolve(kept.get(digest) ?? null),
    write(digest, bytes) {
      kept.set(digest, bytes);
      return Promise.resolve();
    },
    drop(digest) {
      kept.delete(digest);
      return Promise.resolve();
    },
  };
}

/** Stages in `stages/` below the folder of `--out`: other threads see them, and so does a later `--resume`. */
export function folderStages(out: string): StageStore {
  const path = (digest: string) => join(out, 'stages', `${digest}.safetensors`);
  return {
    has: (digest) => exists(path(digest)),
    read: async (digest) => ((await exists(path(digest))) ? readBytes(path(digest)) : null),
    write: (digest, bytes) => writeWhole(path(digest), bytes),
    drop: (digest) => remove(path(digest)),
  };
}
