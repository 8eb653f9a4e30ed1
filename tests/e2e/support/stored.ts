import type { JSHandle, Page } from '@playwright/test';

/** What the browser keeps of a finished run. */
interface Stored {
  readonly name: string;
  readonly status: string;
  readonly curve: readonly { readonly step: number; readonly loss: number }[];
  readonly log: readonly { readonly what: string; readonly step: number }[];
  /** SHA-256 of the weights; '' where none are kept. */
  readonly weights: string;
}

/** What stands in stores of the page's database, by the name of the store; it stays in the page, for weights are large. */
export function readStored(
  page: Page,
  stores: Readonly<Record<string, 'records' | 'keys'>>,
): Promise<JSHandle<Record<string, readonly unknown[]>>> {
  return page.evaluateHandle(async (wanted) => {
    const result = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(request.error?.message));
      });
    const database = await result(indexedDB.open('vermeil'));
    const transaction = database.transaction(Object.keys(wanted));
    const reading = Object.entries(wanted).map(async ([name, what]): Promise<[string, unknown[]]> => {
      const store = transaction.objectStore(name);
      return [name, what === 'keys' ? await result(store.getAllKeys()) : await result<unknown[]>(store.getAll())];
    });
    const read = await Promise.all(reading);
    database.close();
    return Object.fromEntries(read);
  }, stores);
}

/** How each run in the database of the page stands: without a look at the weights, which takes a second. */
export async function storedStatuses(page: Page): Promise<readonly string[]> {
  const held = await readStored(page, { runs: 'records' });
  return held.evaluate(({ runs = [] }) => (runs as Stored[]).map(({ status }) => status));
}

/** The runs in the database of the page, oldest first. */
export async function storedRuns(page: Page): Promise<readonly Stored[]> {
  const held = await readStored(page, { runs: 'records', models: 'records' });
  return held.evaluate((read) => {
    const runs = read.runs as (Stored & { id: string; createdMs: number })[];
    const models = read.models as { runId: string; files: Map<string, Uint8Array<ArrayBuffer>> }[];
    const weightsOf = async (id: string) => {
      const bytes = models.find(({ runId }) => runId === id)?.files.get('model.safetensors');
      if (bytes === undefined) return '';
      return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).join();
    };
    const sorted = runs.sort((a, b) => a.createdMs - b.createdMs);
    return Promise.all(
      sorted.map(async ({ id, name, status, curve, log }) => ({
        name,
        status,
        curve,
        log,
        weights: await weightsOf(id),
      })),
    );
  });
}

/** Puts records into the database of the page, by the name of their store; the page has to be loaded anew to show them. */
export async function putStored(page: Page, records: Readonly<Record<string, readonly object[]>>): Promise<void> {
  await page.evaluate(async (stores) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('vermeil');
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(new Error(opening.error?.message));
    });
    const transaction = database.transaction(Object.keys(stores), 'readwrite');
    for (const [name, all] of Object.entries(stores)) for (const one of all) transaction.objectStore(name).put(one);
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = () => reject(new Error(transaction.error?.message));
    });
    database.close();
  }, records);
}
