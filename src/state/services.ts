import type { Database } from '../storage/database.ts';
import type { StorageManagerLike } from '../storage/usage.ts';
import type { Client } from '../worker/client.ts';
import type { WasmFiles } from '../worker/protocol.ts';

/** The checkpoint that new runs start from. */
export interface CheckpointPlace {
  /** Its name in the database and, where the files lie beside the page, its address; ends in `/`. */
  readonly url: string;
  /** Whether the person has to bring its files once. */
  readonly fromPerson: boolean;
  /** Its files by name where they are inside the page, else null. */
  inside(): ReadonlyMap<string, Uint8Array<ArrayBuffer>> | null;
}

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
  readonly database: Database;
  /** Text of a file of the app, by its path. Throws `file-missing`. */
  readonly fetchText: (path: string) => Promise<string>;
  readonly checkpoint: CheckpointPlace;
  readonly storage: StorageManagerLike | undefined;
  /** Locks over all tabs of the origin; undefined in insecure contexts. */
  readonly locks: LockManager | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
}
