import { appRequest, isolated, keepAll, removeOthers, type AppFiles } from './cache.ts';

/**
 * Keeps the whole app of one version and answers from it, so that it opens without a network and never mixes two versions: all
 * of it is kept, each file proved by its digest, before this worker counts as installed, and the next one waits until the
 * person asks for it and no other tab is open. The checkpoint is not here: the app keeps it in its database.
 */
declare const self: ServiceWorkerGlobalScope;
/** Put in by the build: every file of this version but the checkpoint's, with its SHA-256 in hex. */
declare const __APP_FILES__: AppFiles;

const files = __APP_FILES__;
const scope = new URL('./', self.location.href).href;

self.addEventListener('install', (event) => {
  event.waitUntil(keepAll(caches, fetch, scope, files));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(removeOthers(caches, scope, files).then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const path = appRequest(event.request, scope, files);
  if (path === null) return; // another origin, the checkpoint, a file that is not of the app: the browser's own way
  event.respondWith(isolated(caches, fetch, scope, files, path));
});

self.addEventListener('message', (event: ExtendableMessageEvent) => {
  if (event.data !== 'take-over') return;
  const [port] = event.ports;
  event.waitUntil(
    self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then(async (tabs) => {
      const others = tabs.filter(({ url }) => url.startsWith(scope)).length - 1;
      port?.postMessage({ others });
      if (others <= 0) await self.skipWaiting();
    }),
  );
});
