import type { Sentence } from '../../data/types.ts';
import type { SimulationPreset } from '../simulate/presets.ts';
import { labelsIn, simulatedSpans } from '../simulate/simulate.ts';
import { silentAbout, type LocalProvider, type TeacherAnswer } from './provider.ts';

export interface SimulatedOptions {
  /** The gold that it knows; it is asked about no others. */
  readonly gold: readonly Sentence[];
  readonly preset: SimulationPreset;
  readonly seed: number;
}

/**
 * Answers with gold and the mistakes of a preset, as the JSON that a language model would write. Its model is named
 * “simulated: …”, so that every answer says what it is; samples of one sentence differ, and all follow the seed.
 */
export const simulated: LocalProvider<SimulatedOptions> = {
  id: 'simulated',
  name: 'Simulated teacher',
  help: [
    'No language model: takes your gold labels and makes mistakes like those of a measured teacher. Nothing is sent anywhere.',
    'Its answers show what noise does to training, not what a language model is worth. They are marked as simulated everywhere.',
  ],

  createTeacher({ gold, preset, seed }) {
    const labels = labelsIn(gold);
    const byId = new Map(gold.map((sentence) => [sentence.id, sentence]));
    return {
      ask({ sentenceId, sample }, signal) {
        signal.throwIfAborted();
        const sentence = byId.get(sentenceId);
        if (sentence === undefined || sentence.spans === null) {
          return Promise.resolve(silentAbout(sentenceId, 'The simulated teacher'));
        }
        const entities = simulatedSpans(sentence, labels, preset, seed, sample).map(({ start, end, label }) => ({
          text: sentence.text.slice(start, end),
          type: label,
        }));
        const answer: TeacherAnswer = {
          text: JSON.stringify({ entities }),
          finish: 'complete',
          model: `simulated: ${preset.id}`,
          inputTokens: null,
          outputTokens: null,
        };
        return Promise.resolve({ ok: true, answer });
      },
    };
  },
};
