import { openDatabase } from '../storage/database.ts';
import { createClient } from '../worker/client.ts';
import { createImportClient } from '../worker/importClient.ts';
import { lastingTrain } from '../worker/lastingTrain.ts';
import { createTabs } from '../worker/tabs.ts';
import { ownFiles } from './ownFiles.ts';
import type { Services } from './services.ts';

/** The services of the app in a browser. Throws `storage-newer` or `storage-failed` where its storage cannot be used. */
export async function openServices(appVersion: string): Promise<Services> {
  const { locks } = navigator as Partial<Navigator>;
  const options = { createWorker: ownFiles.startWorker, wasmPath: ownFiles.wasmPath, appVersion, locks };
  const client = createClient(options);
  const beside = createClient(options);
  const tabs = createTabs(new BroadcastChannel('vermeil'), appVersion);
  addEventListener('pagehide', () => tabs.leave());
  return {
    client: { ...client, train: tabs.told(lastingTrain(client.train)) },
    imports: createImportClient(beside, ownFiles.checkpoint.url),
    compare: (request) => beside.compare(request),
    tabs,
    database: await openDatabase(),
    fetchText: ownFiles.fetchText,
    checkpoint: ownFiles.checkpoint,
    appVersion,
    storage: (navigator as Partial<Navigator>).storage,
    locks,
    now: () => Date.now(),
    newId: () => crypto.getRandomValues(new Uint32Array(3)).reduce((id, n) => id + n.toString(36).padStart(7, '0'), ''),
  };
}
