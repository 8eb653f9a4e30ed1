/** A version of the app that is kept whole and waits for the one in use to end. */
export interface Update {
  /**
   * Takes the new version into use and reloads the page. Gives the number of other tabs of the app that stand in the way, and
   * changes nothing, where there are any: two versions must not work side by side.
   */
  apply(): Promise<number>;
}

/**
 * Has the app kept for work without a network; true once it is. Then tells when a new version waits. False where there are no
 * service workers, or may be none: in an insecure context, from file://, in some private windows, in development.
 */
export async function keepOffline(onUpdate: (update: Update) => void): Promise<boolean> {
  const container = (navigator as Partial<Navigator>).serviceWorker;
  if (import.meta.env.DEV || container === undefined || !/^https?:$/.test(location.protocol)) return false;
  try {
    await container.register(new URL('serviceWorker.js', document.baseURI));
  } catch {
    return false; // refused by the browser's settings, or the host does not give the file as a script
  }
  const registration = await container.ready;
  const tell = (worker: ServiceWorker) => onUpdate({ apply: () => takeOver(container, worker) });
  if (registration.waiting !== null) tell(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed') tell(worker);
    });
  });
  return true;
}

function takeOver(container: ServiceWorkerContainer, worker: ServiceWorker): Promise<number> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    container.addEventListener('controllerchange', () => location.reload(), { once: true });
    port1.onmessage = ({ data }: MessageEvent<{ readonly others: number }>) => resolve(data.others);
    worker.postMessage('take-over', [port2]);
  });
}
