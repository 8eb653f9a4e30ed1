import type { Scores } from '../../src/eval/scores.ts';
import { exportFolder, modelFromCheckpoint } from '../../src/engine/checkpoint/export.ts';
import type { Checkpoint } from '../../src/engine/checkpoint/load.ts';
import type { ExportFacts } from '../../src/engine/checkpoint/modelCard.ts';
import { defaultConfig } from '../../src/run/config.ts';

const score = { precision: 0.5, recall: 0.25, f1: 1 / 3, support: 8 };
const report = { micro: score, macro: score, labels: { LOC: score, PER: { ...score, support: 3 } } };
export const exportScores: Scores = { default: report, strict: { ...report, micro: { ...score, f1: 0.4 } } };

/** Facts of an invented run. */
export const exportFacts: ExportFacts = {
  record: {
    config: { ...defaultConfig, regimen: 'simple-mix' },
    digests: { data: 'd', checkpoint: 'c' },
    appVersion: '0.1.0',
    device: { name: 'wasm', adapter: '1 thread, SIMD' },
    engine: { adapter: '', microBatchTokens: 4096, recompute: false, shaders: null },
    steps: 7,
    tokens: 100,
    seconds: 1,
    curve: [{ step: 1, loss: 1, learningRate: 1, gradNorm: 1, silverShare: 1 }],
    dev: [{ step: 1, f1: 0.5, best: true }],
    selection: 'last',
    repeats: { silver: 1, gold: 2 },
    scores: { test: exportScores },
  },
  checkpointName: 'tiny',
  sentences: { silver: 12, gold: 8, dev: 0, test: 6 },
  notice: 'Nobody labelled this.',
};

/** The folder that `tests/golden/export` holds transformers' logits of. */
export function exportCase(checkpoint: Checkpoint): Map<string, Uint8Array<ArrayBuffer>> {
  return exportFolder(modelFromCheckpoint(checkpoint, 72), exportFacts);
}
