import { AppError, messageOf } from '../../core/errors.ts';

/** Bytes of one file read so far, of `total`; total 0 = not known. */
export type ReadProgress = (done: number, total: number) => void;

/** Where the files of a checkpoint come from. A file that is not there is null; a file that cannot be read throws. */
export interface CheckpointSource {
  read(name: string, onProgress: ReadProgress, signal: AbortSignal): Promise<Uint8Array | null>;
}

/** Files that are already in memory, by name. */
export function filesSource(files: ReadonlyMap<string, Uint8Array>): CheckpointSource {
  return {
    read(name, onProgress) {
      const bytes = files.get(name) ?? null;
      if (bytes !== null) onProgress(bytes.length, bytes.length);
      return Promise.resolve(bytes);
    },
  };
}

/**
 * Files below a same-origin URL that ends in `/`, streamed. `fetch` is handed in; requests to other origins and redirects to
 * them are refused. Throws `checkpoint-truncated` where fewer bytes come than announced, `file-unreadable` where none do.
 */
export function urlSource(baseUrl: string, fetchFile: typeof fetch): CheckpointSource {
  return {
    async read(name, onProgress, signal) {
      const unreadable = (reason: string) =>
        new AppError('file-unreadable', `${name}: ${reason}`, { file: name, reason });
      let response: Response;
      try {
        response = await fetchFile(baseUrl + name, { mode: 'same-origin', signal });
      } catch (error) {
        signal.throwIfAborted();
        throw unreadable(messageOf(error));
      }
      if (response.status === 404 || isFallbackPage(response, name)) return null;
      if (!response.ok) throw unreadable(`the server answered ${String(response.status)}`);
      try {
        return await readBody(response, name, onProgress);
      } catch (error) {
        signal.throwIfAborted();
        throw error instanceof AppError ? error : unreadable(messageOf(error));
      }
    },
  };
}

/** Servers of single-page apps, Vite's among them, answer a missing file with their start page and status 200. */
function isFallbackPage(response: Response, name: string): boolean {
  return !name.endsWith('.html') && (response.headers.get('content-type') ?? '').startsWith('text/html');
}

async function readBody(response: Response, name: string, onProgress: ReadProgress): Promise<Uint8Array> {
  // With a content encoding the length is that of the packed bytes, which nobody sees here.
  const announced = response.headers.has('content-encoding') ? 0 : Number(response.headers.get('content-length') ?? 0);
  const chunks: Uint8Array[] = [];
  let done = 0;
  if (response.body !== null) {
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
      done += part.value.length;
      onProgress(done, announced);
    }
  }
  if (announced > 0 && done !== announced) {
    throw new AppError('checkpoint-truncated', `${name}: ${String(done)} of ${String(announced)} bytes`, {
      file: name,
      found: done,
      wanted: announced,
    });
  }
  const bytes = new Uint8Array(done);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
