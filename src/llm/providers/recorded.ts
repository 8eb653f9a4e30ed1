import type { RawAnswer } from '../answerFile.ts';
import { silentAbout, type LocalProvider } from './provider.ts';

/** Replays answers that were recorded before: nothing is sent, and nothing costs. It is silent about a sentence without one. */
export const recorded: LocalProvider<{ readonly answers: readonly RawAnswer[] }> = {
  id: 'recorded',
  name: 'Recorded answers',
  help: ['Replays a file of answers that a teacher gave before. Nothing is sent anywhere, and no key is needed.'],

  createTeacher({ answers }) {
    const byKey = new Map<string, RawAnswer>();
    for (const answer of answers) {
      const key = keyOf(answer.id, answer.sample ?? 0);
      if (!byKey.has(key)) byKey.set(key, answer); // the first counts, as in `groundAnswers`
    }
    return {
      ask({ sentenceId, sample }, signal) {
        signal.throwIfAborted();
        const found = byKey.get(keyOf(sentenceId, sample));
        if (found === undefined) return Promise.resolve(silentAbout(sentenceId, 'The file of answers'));
        const { response: text, teacher } = found;
        const finish = found.finish ?? (text === '' ? 'empty' : 'complete');
        const told = { model: 'recorded', inputTokens: null, outputTokens: null, ...teacher };
        return Promise.resolve({ ok: true, answer: { ...told, text, finish } });
      },
    };
  },
};

function keyOf(id: string, sample: number): string {
  return JSON.stringify([id, sample]);
}
