import type { Usage } from './providers/provider.ts';

/** What a model costs, USD for a million tokens. */
export interface Price {
  readonly inputUsd: number;
  readonly outputUsd: number;
}

/** A row of the price table: models whose name begins so. */
export interface PriceRow extends Price {
  readonly model: string;
}

/** When the table was written; prices change, which is why a person's own go before it. */
export const priceTableDate = '2025-10';

/** List prices for standard requests as the providers' price pages had them at `priceTableDate`. */
export const priceTable: readonly PriceRow[] = [
  { model: 'gpt-4o-mini', inputUsd: 0.15, outputUsd: 0.6 },
  { model: 'gpt-4o', inputUsd: 2.5, outputUsd: 10 },
  { model: 'gpt-4.1-nano', inputUsd: 0.1, outputUsd: 0.4 },
  { model: 'gpt-4.1-mini', inputUsd: 0.4, outputUsd: 1.6 },
  { model: 'gpt-4.1', inputUsd: 2, outputUsd: 8 },
  { model: 'gpt-5-nano', inputUsd: 0.05, outputUsd: 0.4 },
  { model: 'gpt-5-mini', inputUsd: 0.25, outputUsd: 2 },
  { model: 'gpt-5', inputUsd: 1.25, outputUsd: 10 },
  { model: 'claude-haiku-4-5', inputUsd: 1, outputUsd: 5 },
  { model: 'claude-sonnet-4', inputUsd: 3, outputUsd: 15 },
  { model: 'gemini-2.5-flash-lite', inputUsd: 0.1, outputUsd: 0.4 },
  { model: 'gemini-2.5-flash', inputUsd: 0.3, outputUsd: 2.5 },
  { model: 'gemini-2.5-pro', inputUsd: 1.25, outputUsd: 10 },
];

/** What may follow a model's name without making it another model: a date, a version, `latest`. */
const sameModel = /^(?:-(?:\d|latest|preview).*)?$/;

/**
 * The price of the longest name in the table that the model's name begins with, followed by nothing but a date or a version
 * (`gpt-4o-2024-08-06` is a `gpt-4o`, and `gpt-5-pro` no `gpt-5`). A maker's name before a slash is left out. Null where the
 * table does not know the model.
 */
export function priceOf(model: string, table: readonly PriceRow[] = priceTable): Price | null {
  const name = model.slice(model.lastIndexOf('/') + 1);
  const fits = table.filter((row) => name.startsWith(row.model) && sameModel.test(name.slice(row.model.length)));
  fits.sort((a, b) => b.model.length - a.model.length);
  const [best] = fits;
  return best === undefined ? null : { inputUsd: best.inputUsd, outputUsd: best.outputUsd };
}

/** USD of tokens; tokens that are null cost nothing here. */
export function costUsd({ inputUsd, outputUsd }: Price, { inputTokens, outputTokens }: Usage): number {
  return ((inputTokens ?? 0) * inputUsd + (outputTokens ?? 0) * outputUsd) / 1e6;
}
