import type { Database } from '../storage/database.ts';
import type { StorageManagerLike } from '../storage/usage.ts';
import type { Client } from '../worker/client.ts';

/** What the state needs from the outside; `openServices.ts` makes the real ones, tests hand in others. */
export interface Services {
  readonly client: Client;
  readonly database: Database;
  /** Text of a file beside the app, by its path there. Throws `file-missing`. */
  readonly fetchText: (path: string) => Promise<string>;
  /** The absolute address of a file or folder beside the app. */
  readonly addressOf: (path: string) => string;
  readonly storage: StorageManagerLike | undefined;
  /** Locks over all tabs of the origin; undefined in insecure contexts. */
  readonly locks: LockManager | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
}
