import { askToPersist, storageUsage, type StorageManagerLike, type StorageUsage } from '../storage/usage.ts';

/** How much room there is on this device, and whether the browser keeps what is there. */
export class RoomState {
  /** Null where the browser does not tell, or was not asked yet. */
  usage: StorageUsage | null = $state.raw(null);
  /** What the browser said when it was asked to keep the data for good; null = not asked since the page was opened. */
  promised: boolean | null = $state(null);
  readonly #storage: StorageManagerLike | undefined;

  constructor(storage: StorageManagerLike | undefined) {
    this.#storage = storage;
  }

  async measure(): Promise<void> {
    this.usage = await storageUsage(this.#storage);
  }

  /** Asks the browser not to clear what is kept when the disk runs full. */
  async keepForGood(): Promise<void> {
    this.promised = await askToPersist(this.#storage);
    await this.measure();
  }
}
