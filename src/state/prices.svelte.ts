import * as v from 'valibot';
import { priceOf, priceTable, priceTableDate, type Price, type PriceRow } from '../llm/price.ts';
import { loadSetting, saveSetting } from '../storage/settings.ts';
import type { Server } from './endpoint.ts';
import type { Services } from './services.ts';

export { priceTableDate };

const setting = 'prices';
const rows = v.array(v.object({ model: v.string(), inputUsd: v.number(), outputUsd: v.number() }));

/** What models cost: the list prices that ship, and a person's own, which go before them. */
export class PricesState {
  /** Each for the model of just this name. */
  own: readonly PriceRow[] = $state.raw([]);

  readonly #services: Pick<Services, 'database'>;

  constructor(services: Pick<Services, 'database'>) {
    this.#services = services;
  }

  async load(): Promise<void> {
    const read = v.safeParse(rows, await loadSetting(this.#services.database, setting));
    if (read.success) this.own = read.output;
  }

  /** The price of a model; nothing on a person's own machine; null where nobody knows. */
  of(model: string, { local }: Pick<Server, 'local'>): Price | null {
    const name = model.trim();
    const own = this.own.find((row) => row.model === name);
    if (own !== undefined) return { inputUsd: own.inputUsd, outputUsd: own.outputUsd };
    return local ? { inputUsd: 0, outputUsd: 0 } : priceOf(name);
  }

  isOwn(model: string): boolean {
    return this.own.some((row) => row.model === model.trim());
  }

  /** Whether the table that ships knows the model. */
  isListed(model: string): boolean {
    return priceOf(model.trim(), priceTable) !== null;
  }

  /** Sets one's own price of a model; null goes back to the list. */
  async set(model: string, price: Price | null): Promise<void> {
    const name = model.trim();
    const others = this.own.filter((row) => row.model !== name);
    this.own = price === null ? others : [...others, { model: name, ...price }];
    await saveSetting(this.#services.database, setting, this.own);
  }
}
