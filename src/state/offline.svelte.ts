import { keepOffline, type Update } from '../offline/updates.ts';
import type { Services } from './services.ts';

/** Whether the app opens without a network, and the new version that waits, where it is served from a host. */
export class OfflineState {
  /** Whether app, sample and checkpoint are all kept. */
  ready = $state(false);
  update: Update | null = $state.raw(null);
  /** Other tabs that stood in the way of the update, when it was last tried. */
  otherTabs = $state(0);

  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  /** Keeps what is needed; `isIdle` says whether a run needs the worker for itself. Rejects where there is no room. */
  async keep(isIdle: () => boolean): Promise<void> {
    const { checkpoint, client } = this.#services;
    const isKept = await keepOffline((update) => (this.update = update));
    if (!isKept || savesData()) return; // then the checkpoint comes with the first run
    if (checkpoint.from === 'beside' && isIdle()) await client.keepCheckpoint(checkpoint.url, null);
    this.ready = true;
  }

  /** Update, then reload. */
  async apply(): Promise<void> {
    this.otherTabs = (await this.update?.apply()) ?? 0;
  }
}

/** Whether the person has asked the browser to spare the network. */
function savesData(): boolean {
  const { connection } = navigator as { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true;
}
