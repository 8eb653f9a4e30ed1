/** A version of the app that is kept whole and waits for the one in use to end. */
export interface Update {
  /**
   * Takes the new version into use and reloads the page. Gives the number of other tabs of the app that stand in the way, and
   * changes nothing, where there are any: two versions must not work side by side.
   */
  apply(): Promise<number>;
}

/**
 * Has the app kept for work without a network, and tells when that is so, and when a new version waits. Does nothing where
 * there are no service workers: in an insecure context, from file://, in some private windows.
 */
export async function keepOffline(onKept: () => void, onUpdate: (update: Update) => void): Promise<void> {
  const container = (navigator as Partial<Navigator>).serviceWorker;
  if (container === undefined || !/^https?:$/.test(location.protocol)) return;
  await container.register(new URL('serviceWorker.js', document.baseURI));
  const registration = await container.ready;
  onKept();

  const tell = (worker: ServiceWorker) => onUpdate({ apply: () => takeOver(container, worker) });
  if (registration.waiting !== null) tell(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed') tell(worker);
    });
  });
}

function takeOver(container: ServiceWorkerContainer, worker: ServiceWorker): Promise<number> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    container.addEventListener('controllerchange', () => location.reload(), { once: true });
    port1.onmessage = ({ data }: MessageEvent<{ readonly others: number }>) => resolve(data.others);
    worker.postMessage('take-over', [port2]);
  });
}
