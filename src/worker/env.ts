import type { Database } from '../storage/database.ts';
import type { Network } from '../llm/providers/httpTeacher.ts';
import type { Devices } from './devices.ts';

/** What the sessions need of the place they run in; tests hand in another. */
export interface WorkerEnv {
  readonly devices: Devices;
  readonly appVersion: string;
  /** What runs Vermeil here, as it names itself: the browser, its version and its system. */
  readonly agent: string;
  /** The database, opened when it is first needed and again after it was closed. */
  database(): Promise<Database>;
  readonly fetch: typeof fetch;
  /** For teachers: what sends requests to them, and finds out why one did not arrive. */
  readonly network: Network;
  /** Locks over all tabs of the origin; undefined in insecure contexts. */
  readonly locks: LockManager | undefined;
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  /** Milliseconds since 1970, UTC. */
  today(): number;
  /** A number in [0, 1), to spread tries over time; nothing that is kept depends on it. */
  random(): number;
  /** Resolves in a later task, so that messages from the page get their turn: compute on wasm never lets go by itself. */
  nextTask(): Promise<void>;
}

/** A later task without the 4 ms that nested timers are held back for. */
export function nextMessageTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Opens the database when first asked, and anew once the last one has ended. */
export function databaseOnDemand(open: () => Promise<Database>): () => Promise<Database> {
  let opening: Promise<Database> | null = null;
  return async () => {
    const before = opening;
    const ended = before !== null && (await before.then((database) => database.ended() !== null).catch(() => true));
    if (opening === null || (ended && opening === before)) opening = open();
    return opening;
  };
}
