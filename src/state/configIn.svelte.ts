import { sentenceOf } from '../core/errorTexts.ts';
import { isRecord, parseJson } from '../core/decode.ts';
import { defaultConfig, type RunConfig } from '../run/config.ts';
import { diffConfigs, differenceInWords } from '../run/diff.ts';
import type { ExperimentSpec } from '../run/experiment/experiment.ts';
import { decodeConfig } from '../run/fields.ts';
import { configOfQuery, isConfigLike } from '../run/link.ts';
import type { DraftState } from './draft.svelte.ts';
import type { Incoming } from './incoming.ts';
import type { Router } from './router.svelte.ts';

/** Settings that come from elsewhere, or why they cannot be taken. */
export type Offer =
  | {
      readonly kind: 'settings';
      /** `a link`, or the file's name. */
      readonly from: string;
      readonly config: RunConfig;
      /** What they would change of the settings that are there now, in words. */
      readonly differences: readonly string[];
    }
  | { readonly kind: 'problem'; readonly from: string; readonly what: string; readonly next: string };

/** Settings that a link or a file brings: they wait until the person takes them. */
export class ConfigIn {
  /** What a file has brought; a link stands in the address. */
  #file: { readonly from: string; read(): RunConfig | null } | null = $state.raw(null);

  readonly offer: Offer | null = $derived.by(() => this.#offer());

  readonly #router: Router;
  readonly #draft: DraftState;

  constructor(router: Router, draft: DraftState) {
    this.#router = router;
    this.#draft = draft;
  }

  /** Takes a file where it holds settings; gives whether it does. What is wrong with them is told by `offer`. */
  async open({ name, file }: Incoming): Promise<boolean> {
    if (!name.toLowerCase().endsWith('.json') || file.size > mostBytes) return false;
    const json = parseJson(await file.text());
    if (!json.ok || !isRecord(json.value) || !isConfigLike(json.value)) return false;
    const { value } = json;
    this.#file = { from: name, read: () => decodeConfig(value) };
    return true;
  }

  /** Puts the offered settings in place of those that are there; gives what brings those back. */
  take(): () => void {
    const { offer } = this;
    const { spec } = this.#draft;
    if (offer?.kind === 'settings') this.#draft.takeSpec(specOfConfig(offer.config));
    this.leave();
    return () => {
      if (spec !== null) this.#draft.takeSpec(spec);
    };
  }

  leave(): void {
    this.#file = null;
    if (this.#router.route.place === 'train') this.#router.look('');
  }

  #offer(): Offer | null {
    const { place, query = '' } = this.#router.route;
    const source = this.#file ?? (place === 'train' ? { from: 'a link', read: () => configOfQuery(query) } : null);
    if (source === null) return null;
    const { from } = source;
    try {
      const config = source.read();
      if (config === null) return null;
      const now = this.#draft.plan.configs[0] ?? defaultConfig;
      return { kind: 'settings', from, config, differences: diffConfigs(now, config).map(differenceInWords) };
    } catch (error) {
      return { kind: 'problem', from, ...sentenceOf(error) };
    }
  }
}

/** No file of settings is larger. */
const mostBytes = 100_000;

/** One run with these settings, as the Train page asks for it. */
export function specOfConfig(config: RunConfig): ExperimentSpec {
  const { regimen, schedule, scheduleSettings, goldSize, seed } = config;
  return {
    base: config,
    variants: [regimen === 'blend' ? { regimen, schedule, scheduleSettings } : { regimen }],
    goldSizes: [goldSize],
    seeds: [seed],
    budget: 'free',
  };
}
