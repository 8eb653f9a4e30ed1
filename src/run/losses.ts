import type { RunConfig } from './config.ts';
import { shapeOf } from './regimens.ts';

export const lossIds = ['cross-entropy', 'label-smoothing', 'generalised'] as const;
export type LossId = (typeof lossIds)[number];

/** What a source's labels are scored by: see `engine/kernels/crossEntropy.ts`. */
export interface LossSettings {
  /** ε of label smoothing. */
  readonly smoothing: number;
  /** Exponent of the generalised cross-entropy. */
  readonly q: number;
}

/** A loss of one word with label y, of L tags, to which the model gives the probabilities p. Adding one is an entry here and its id above. */
export interface Loss {
  readonly name: string;
  /** What it does, in a sentence for a person. */
  readonly what: string;
  readonly formula: string;
  /** The setting that it reads. */
  readonly setting: keyof LossSettings | null;
}

/** Papers and formulas in full stand in docs/regimens.md. */
export const losses: Readonly<Record<LossId, Loss>> = {
  'cross-entropy': {
    name: 'Cross-entropy',
    what: 'Takes each label at its word.',
    formula: '−log p(y)',
    setting: null,
  },
  'label-smoothing': {
    name: 'Smoothed labels',
    what: 'Leaves a little doubt in every label, so that the model does not grow too sure (Szegedy et al. 2016).',
    formula: '−(1 − ε) log p(y) − ε / L Σ log p',
    setting: 'smoothing',
  },
  generalised: {
    name: 'Generalised cross-entropy',
    what: 'Learns less from labels that the model finds unlikely, as wrong ones often are (Zhang & Sabuncu 2018).',
    formula: '(1 − p(y)^q) / q',
    setting: 'q',
  },
};

/** The loss by which a run scores the labels of a source. */
export function lossOf(config: RunConfig, source: 'silver' | 'gold'): LossId {
  return source === 'silver' ? config.lossSilver : config.lossGold;
}

/** The members that say how labels of these sources are scored, undefined where by plain cross-entropy or not read. */
export function lossMembers(
  config: RunConfig,
  sources: readonly ('silver' | 'gold')[],
): Partial<Record<keyof RunConfig, unknown>> {
  const named = (source: 'silver' | 'gold') => {
    const loss = lossOf(config, source);
    return sources.includes(source) && loss !== 'cross-entropy' ? loss : undefined;
  };
  const reads = (setting: keyof LossSettings) =>
    sources.some((source) => losses[lossOf(config, source)].setting === setting);
  return {
    lossSilver: named('silver'),
    lossGold: named('gold'),
    smoothing: reads('smoothing') ? config.smoothing : undefined,
    q: reads('q') ? config.q : undefined,
  };
}

/** What a curve of the loss of these runs counts, all by their own: the generalised cross-entropy is no number of nats. */
export function lossUnit(configs: readonly RunConfig[]): string {
  const inNats = configs.every((config) =>
    shapeOf(config).draws.every((source) => lossOf(config, source) !== 'generalised'),
  );
  return inNats ? 'nats a word' : 'mean over words';
}

/** Settings of that loss; 0 for those that it does not read. */
export function lossSettings(config: RunConfig, source: 'silver' | 'gold'): LossSettings {
  const { setting } = losses[lossOf(config, source)];
  return { smoothing: 0, q: 0, ...(setting !== null && { [setting]: config[setting] }) };
}
