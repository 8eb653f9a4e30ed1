import { AppError } from '../core/errors.ts';
import { sentenceOf, type ErrorText } from '../core/errorTexts.ts';
import { approvedOrigins, approveOrigin, withdrawOrigin } from '../offline/endpoints.ts';
import type { Client } from '../worker/client.ts';
import { originIn, standingOf, type Server, type Standing } from './endpoint.ts';

/** The models that an endpoint offers, as far as it was asked. */
export interface Models {
  readonly origin: string;
  readonly names: readonly string[];
  readonly problem: ErrorText | null;
}

/** Which addresses this page may ask, and with which keys. Keys are here and nowhere else: in memory, each for its origin. */
export class EndpointAccess {
  models: Models | null = $state.raw(null);
  looking = $state(false);

  /** Changes with each approval, so that what was read from the page's storage is read again. */
  #approvals = $state(0);
  #keys: Readonly<Record<string, string>> = $state.raw({});
  readonly #client: Pick<Client, 'listModels'>;

  constructor(client: Pick<Client, 'listModels'>) {
    this.#client = client;
  }

  standing(endpoint: string): Standing {
    return this.#approvals >= 0 ? standingOf(endpoint) : 'invalid';
  }

  /** Origins that the person has approved. */
  approved(): readonly string[] {
    return this.#approvals >= 0 ? approvedOrigins() : [];
  }

  /** Approves an address, from the next load of the page on. Throws `storage-failed` where this page may store nothing. */
  approve(endpoint: string): void {
    try {
      approveOrigin(endpoint.trim());
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new AppError('storage-failed', reason, { reason });
    }
    this.#approvals++;
  }

  withdraw(origin: string): void {
    withdrawOrigin(origin);
    this.setKey(origin, '');
    this.#approvals++;
  }

  /** All keys that are held, to see that none is stored. */
  keys(): readonly string[] {
    return Object.values(this.#keys).filter((key) => key !== '');
  }

  keyFor(endpoint: string): string {
    return this.#keys[originIn(endpoint)] ?? '';
  }

  /** A key is of one origin: no other address is ever sent it. */
  setKey(endpoint: string, key: string): void {
    const origin = originIn(endpoint);
    if (origin !== '') this.#keys = { ...this.#keys, [origin]: key.trim() };
  }

  /** Whether an address may be asked now. */
  isReady(endpoint: string, { needsKey }: Pick<Server, 'needsKey'>): boolean {
    return this.standing(endpoint) === 'ready' && (!needsKey || this.keyFor(endpoint) !== '');
  }

  /** Asks an endpoint which models it offers; what goes wrong is told by `models.problem`. */
  async lookUpModels({ provider }: Pick<Server, 'provider'>, endpoint: string): Promise<void> {
    const origin = originIn(endpoint);
    this.looking = true;
    try {
      const names = await this.#client.listModels({ provider, endpoint, key: this.keyFor(endpoint) });
      this.models = { origin, names, problem: null };
    } catch (error) {
      this.models = { origin, names: [], problem: sentenceOf(error) };
    }
    this.looking = false;
  }
}
