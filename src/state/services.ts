import type { Database } from '../storage/database.ts';
import type { StorageManagerLike } from '../storage/usage.ts';
import type { Client } from '../worker/client.ts';
import type { ImportClient } from '../worker/importClient.ts';
import type { Tabs } from '../worker/tabs.ts';
import type { BroughtFile, WasmFiles } from '../worker/protocol.ts';

/**
 * The checkpoint that new runs start from: beside the page, inside of it, or brought once by the person. `url` is its name in
 * the database, and its address where it lies beside the page; it ends in `/`.
 */
export type CheckpointPlace =
  | { readonly from: 'beside' | 'person'; readonly url: string }
  | { readonly from: 'inside'; readonly url: string; files(): readonly BroughtFile[] };

/** The app's own files: beside the page, or inside of it where the app is one file. */
export interface OwnFiles {
  /** Starts the worker under the page's own policy. */
  startWorker(): Worker;
  readonly wasmPath: WasmFiles;
  /** Text of a file of the app by its path, such as `samples/…`. Throws `file-missing`. */
  fetchText(path: string): Promise<string>;
  readonly checkpoint: CheckpointPlace;
}

/** What the state needs from the outside; `openServices.ts` makes the real ones, tests hand in others. */
export interface Services {
  readonly client: Client;
  /** These two in a worker of their own: a run that goes on neither waits for files and comparisons nor holds them up. */
  readonly imports: ImportClient;
  readonly compare: Client['compare'];
  /** Tells other tabs of the runs of this one, and this one of theirs. */
  readonly tabs: Tabs;
  readonly database: Database;
  /** Text of a file of the app, by its path. Throws `file-missing`. */
  readonly fetchText: (path: string) => Promise<string>;
  readonly checkpoint: CheckpointPlace;
  readonly appVersion: string;
  readonly storage: StorageManagerLike | undefined;
  /** Locks over all tabs of the origin; undefined in insecure contexts. */
  readonly locks: LockManager | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
}
