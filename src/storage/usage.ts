/** What `navigator.storage` offers; `persist` is missing in workers, all of it in insecure contexts. */
export interface StorageManagerLike {
  estimate?(): Promise<{ usage?: number; quota?: number }>;
  persisted?(): Promise<boolean>;
  persist?(): Promise<boolean>;
}

export interface StorageUsage {
  /** As the browser estimates them. */
  readonly usedBytes: number;
  readonly quotaBytes: number;
  /** Whether the browser promised not to clear the data by itself when the disk runs full. */
  readonly persistent: boolean;
}

/** How much of the origin's room is taken; null where the browser does not tell. */
export async function storageUsage(manager: StorageManagerLike | undefined): Promise<StorageUsage | null> {
  const { usage, quota } = (await manager?.estimate?.()) ?? {};
  if (usage === undefined || quota === undefined) return null;
  return { usedBytes: usage, quotaBytes: quota, persistent: (await manager?.persisted?.()) ?? false };
}

/** Asks the browser to keep the data for good; gives whether it does. */
export async function askToPersist(manager: StorageManagerLike | undefined): Promise<boolean> {
  return (await manager?.persist?.()) ?? false;
}
