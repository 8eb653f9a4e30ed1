/** The files of one version of the app. */
export interface AppFiles {
  /** Changes with any of the files. */
  readonly version: string;
  /** SHA-256 in hex by path below the scope; `index.html` is also what the scope itself gives. */
  readonly digests: Readonly<Record<string, string>>;
}

/** Without these two a page has no shared memory, and wasm no threads; many hosts cannot set them. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Caches are shared by the whole origin: the name tells the folder that the app is served from. */
const prefixOf = (scope: string) => `vermeil ${scope} `;
const nameOf = (scope: string, { version }: AppFiles) => prefixOf(scope) + version;

/**
 * Keeps every file of this version, or none: a file whose digest is another's (a deployment half done, an old copy on the way)
 * rejects, and the browser tries again at a later visit. Files that an earlier version has kept are not fetched again.
 */
export async function keepAll(
  storage: CacheStorage,
  fetchFile: typeof fetch,
  scope: string,
  files: AppFiles,
): Promise<void> {
  const name = nameOf(scope, files);
  const cache = await storage.open(name);
  try {
    await Promise.all(
      Object.entries(files.digests).map(async ([path, digest]) => {
        const address = scope + path;
        const earlier = await storage.match(address);
        if (earlier !== undefined && (await digestOf(earlier.clone())) === digest) return cache.put(address, earlier);
        const response = await fetchFile(address, { cache: 'no-cache' });
        if (!response.ok) throw new Error(`${path}: ${String(response.status)}`);
        if ((await digestOf(response.clone())) !== digest) throw new Error(`${path} is of another version`);
        // A response that was redirected may not answer a navigation.
        const headers = new Headers(response.headers);
        headers.delete('Content-Encoding'); // the body is unpacked by now
        headers.delete('Content-Length');
        return cache.put(address, new Response(response.body, { headers }));
      }),
    );
  } catch (error) {
    await storage.delete(name);
    throw error;
  }
}

/** Removes what other versions under this scope have kept. */
export async function removeOthers(storage: CacheStorage, scope: string, files: AppFiles): Promise<void> {
  const names = await storage.keys();
  const others = names.filter((name) => name.startsWith(prefixOf(scope)) && name !== nameOf(scope, files));
  await Promise.all(others.map((name) => storage.delete(name)));
}

/** The path of the app's file that a request asks for; null for anything that is not answered from the cache. */
export function appRequest(
  request: Pick<Request, 'method' | 'mode' | 'url'>,
  scope: string,
  files: AppFiles,
): string | null {
  if (request.method !== 'GET') return null;
  const address = request.url.split(/[?#]/, 1)[0] ?? '';
  if (!address.startsWith(scope)) return null;
  const path = address.slice(scope.length);
  if (path === '') return 'index.html';
  return Object.hasOwn(files.digests, path) ? path : null;
}

/** The kept file with the headers of isolation; from the network where the browser has thrown it away. */
export async function isolated(
  storage: CacheStorage,
  fetchFile: typeof fetch,
  scope: string,
  files: AppFiles,
  path: string,
): Promise<Response> {
  const cache = await storage.open(nameOf(scope, files));
  const response = (await cache.match(scope + path)) ?? (await fetchFile(scope + path));
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(isolation)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

async function digestOf(response: Response): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', await response.arrayBuffer());
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
