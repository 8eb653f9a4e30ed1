import { AppError } from '../core/errors.ts';
import type { BroughtFile } from '../worker/protocol.ts';
import type { OwnFiles } from './services.ts';

const modelFolder = 'models/all-MiniLM-L6-v2/';

/**
 * The app's own files where the app is one file: each stands in the page as base64, in a script element that is no script and
 * whose `data-file` is its path. Written by `scripts/build-single.mjs`.
 */
export const ownFiles: OwnFiles = {
  startWorker,
  wasmPath: wasmMap(),
  fetchText: (path) => Promise.resolve(new TextDecoder().decode(bytesOf(path))),
  checkpoint: hasModel()
    ? { from: 'inside', url: `inside:${modelFolder}`, files: modelFiles }
    : { from: 'person', url: 'picked:model/' },
};

function elementOf(path: string): Element | null {
  return document.querySelector(`script[data-file="${CSS.escape(path)}"]`);
}

function base64Of(path: string): string {
  const element = elementOf(path);
  if (element === null) throw new AppError('file-missing', `no ${path} inside`, { file: path });
  return element.textContent.trim();
}

function bytesOf(path: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64Of(path));
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Pages of file:// take classic workers only: a module worker from a blob does not start there. */
function startWorker(): Worker {
  const url = URL.createObjectURL(new Blob([bytesOf('worker.js')], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.addEventListener('message', () => URL.revokeObjectURL(url), { once: true });
  return worker;
}

/** tfjs asks for all three names; without isolation, which a file cannot have, it never loads the one with threads. */
function wasmMap(): Readonly<Record<string, string>> {
  const address = (name: string) => `data:application/wasm;base64,${base64Of(`wasm/${name}`)}`;
  const [plain, simd] = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'];
  return { [plain]: address(plain), [simd]: address(simd), 'tfjs-backend-wasm-threaded-simd.wasm': '' };
}

function hasModel(): boolean {
  return elementOf(`${modelFolder}config.json`) !== null;
}

function modelFiles(): readonly BroughtFile[] {
  const paths = [...document.querySelectorAll<HTMLElement>(`script[data-file^="${modelFolder}"]`)].map(
    (element) => element.dataset['file'] ?? '',
  );
  return paths.map((path) => ({ path, blob: new Blob([bytesOf(path)]) }));
}
