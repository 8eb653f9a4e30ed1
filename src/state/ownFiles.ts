import workerUrl from '../worker/entry.ts?worker&url';
import { AppError, messageOf } from '../core/errors.ts';
import type { OwnFiles } from './services.ts';

/** The app's own files where they lie beside the page. The build of the one-file app puts `ownFiles.single.ts` in this one's place. */
export const ownFiles: OwnFiles = {
  startWorker,
  wasmPath: addressOf('wasm/'),
  fetchText,
  checkpoint: { url: addressOf('models/all-MiniLM-L6-v2/'), from: 'beside' },
};

/** The address of a file beside the app. */
function addressOf(path: string): string {
  return new URL(path, document.baseURI).href;
}

/**
 * Starts the worker from a blob that imports its module. A worker that is loaded by its address stands under the headers of that
 * file alone, and a host may send none; one from a blob inherits the policy that the page wrote for itself.
 */
function startWorker(): Worker {
  const source = `import ${JSON.stringify(addressOf(workerUrl))};`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url, { type: 'module' });
  worker.addEventListener('message', () => URL.revokeObjectURL(url), { once: true });
  return worker;
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
