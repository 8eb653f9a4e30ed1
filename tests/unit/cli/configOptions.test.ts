import { describe, expect, it } from 'vitest';
import { parseWords } from '../../../src/cli/args.ts';
import { train } from '../../../src/cli/commands/train.ts';
import { plannedOf } from '../../../src/cli/training/experimentOptions.ts';
import { AppError } from '../../../src/core/errors.ts';
import { defaultConfig, type RunConfig } from '../../../src/run/config.ts';

const configs = (words: string, file: unknown = null) =>
  plannedOf(parseWords(train, words.split(' ').filter(Boolean)), file, 'silver-only', { silver: 90, gold: 40 }).configs;

function refusal(words: string, file: unknown = null): string {
  try {
    configs(words, file);
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing';
}

describe('configs from options', () => {
  it('are the defaults with the regimen that the data allows', () => {
    expect(configs('')).toEqual([{ ...defaultConfig, regimen: 'silver-only' }]);
  });

  it('set every member that has an option', () => {
    const words =
      '--regimen blend --seed 7 --layers 6 --epochs-silver 1.5 --epochs-gold 2 --steps 90 --lr 1e-4 --batch 8 ' +
      '--warmup 0.2 --weight-decay 0.02 --clip 0 --dropout 0 --max-pieces 64 --evaluate-every 5 --patience 3 ' +
      '--schedule sigmoid --schedule-set k=4,m=0.25 --keep-best --one-schedule --steps-second 20 --lr-second 2e-5 ' +
      '--warmup-second 0 --loss-silver generalised --loss-gold label-smoothing --keep-optimizer --smoothing 0.2 --q 0.5 --no-watch --precision f16';
    expect(configs(words)).toEqual([
      {
        regimen: 'blend',
        schedule: 'sigmoid',
        scheduleSettings: { k: 4, m: 0.25 },
        layers: 6,
        epochsSilver: 1.5,
        epochsGold: 2,
        goldSize: null,
        steps: 90,
        stepsSecond: 20,
        learningRate: 1e-4,
        learningRateSecond: 2e-5,
        batchSize: 8,
        warmup: 0.2,
        warmupSecond: 0,
        weightDecay: 0.02,
        clipNorm: 0,
        dropout: 0,
        lossSilver: 'generalised',
        lossGold: 'label-smoothing',
        smoothing: 0.2,
        q: 0.5,
        maxPieces: 64,
        restart: false,
        keepOptimizer: true,
        evaluateEvery: 5,
        keepBest: true,
        patience: 3,
        precision: 'f16',
        watchBoth: false,
        seed: 7,
      } satisfies RunConfig,
    ]);
  });

  it('cross seeds with regimens, each pair once', () => {
    const pairs = configs('--seed 1,2 1 --regimen gold-only pooled').map(({ regimen, seed }) => [seed, regimen]);
    expect(pairs).toEqual([
      [1, 'gold-only'],
      [1, 'pooled'],
      [2, 'gold-only'],
      [2, 'pooled'],
    ]);
  });

  it('go before the file; passes put aside the steps of the file', () => {
    const file = { regimen: 'pooled', steps: 50, batchSize: 4 };
    expect(configs('--batch 2', file)[0]).toMatchObject({ regimen: 'pooled', steps: 50, batchSize: 2 });
    expect(configs('--epochs-silver 3', file)[0]).toMatchObject({ steps: null, epochsSilver: 3 });
    const shaped = { regimen: 'blend', schedule: 'power', scheduleSettings: { n: 3 } };
    expect(configs('--schedule linear', shaped)[0]).toMatchObject({ schedule: 'linear', scheduleSettings: {} });
  });

  it('are refused by the name of the option, and those of the file by the name of the field', () => {
    expect(refusal('--lr 0')).toBe('usage: --lr 0 does not do.');
    expect(refusal('--layers 2.5')).toBe('usage: --layers 2.5 does not do.');
    expect(refusal('--seed -1')).toBe('usage: --seed -1 does not do.');
    expect(refusal('--regimen silver')).toBe('usage: --regimen silver is not known.');
    expect(refusal('--schedule-set k=1 --schedule power')).toBe('usage: --schedule-set k=1: "k" is not known.');
    expect(refusal('--schedule-set n=x --schedule power')).toBe('usage: --schedule-set x does not do.');
    expect(refusal('', { batchSize: 0 })).toMatch(/^config-invalid: batchSize is 0/);
    expect(refusal('', { batch: 4 })).toMatch(/^config-invalid: batch/);
  });
});
