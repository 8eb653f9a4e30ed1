import { AppError, messageOf } from '../core/errors.ts';
import { openDatabase } from '../storage/database.ts';
import { createClient } from '../worker/client.ts';
import type { Services } from './services.ts';

/** The services of the app in a browser. Throws `storage-newer` or `storage-failed` where its storage cannot be used. */
export async function openServices(appVersion: string): Promise<Services> {
  const client = createClient({
    createWorker: () => new Worker(new URL('../worker/entry.ts', import.meta.url), { type: 'module' }),
    wasmPath: addressOf('wasm/'),
    appVersion,
  });
  return {
    client,
    database: await openDatabase(),
    fetchText,
    addressOf,
    storage: (navigator as Partial<Navigator>).storage,
    locks: (navigator as Partial<Navigator>).locks,
    now: () => Date.now(),
    newId: () => crypto.getRandomValues(new Uint32Array(3)).reduce((id, n) => id + n.toString(36).padStart(7, '0'), ''),
  };
}

/** The address of a file beside the app. */
function addressOf(path: string): string {
  return new URL(path, document.baseURI).href;
}

async function fetchText(path: string): Promise<string> {
  let response;
  try {
    response = await fetch(addressOf(path));
  } catch (error) {
    throw new AppError('file-missing', messageOf(error), { file: path, reason: messageOf(error) });
  }
  if (!response.ok) throw new AppError('file-missing', `${String(response.status)} for ${path}`, { file: path });
  return response.text();
}
