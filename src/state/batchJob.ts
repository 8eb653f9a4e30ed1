import type { Sentence } from '../data/types.ts';
import type { RawAnswer } from '../llm/answerFile.ts';
import { parseAnswer } from '../llm/answers.ts';
import { defaultLimits, type JobSpec } from '../llm/job/types.ts';
import { templateOf } from '../llm/prompts/versions.ts';
import { emptySettings } from '../llm/providers/httpTeacher.ts';
import type { Recipe } from './annotateRecipe.ts';

/** A job whose answers come by files; its settings hold them apart from all others, for nobody knows who gave them. */
export function specByFiles(id: string, name: string, model: string): JobSpec {
  const settings = { ...emptySettings, model, extra: { batch: id } };
  return { id, name, provider: 'recorded', settings, limits: defaultLimits, price: null, budgetUsd: null };
}

const off = { on: false, text: '' };

/** A prompt that nobody here knows. */
const elsewhere = templateOf({
  id: 'elsewhere',
  version: 1,
  name: 'asked elsewhere',
  blocks: {
    ...{ role: off, definitions: off, instructions: off, reasoning: off },
    examples: { ...off, choice: 'fixed', count: 0 },
    output: { form: 'json', text: '' },
  },
});

/** What answers that were asked for elsewhere stand for: every type that they name is a label. */
export function recipeElsewhere(name: string, sentences: readonly Sentence[], answers: readonly RawAnswer[]): Recipe {
  const types = answers.flatMap(({ response, finish }) => {
    const answer = parseAnswer(response, { finish });
    return answer.kind === 'entities' ? answer.entities.map(({ type }) => type) : [];
  });
  return {
    purpose: 'annotate',
    sentences: sentences.map(({ id }) => id),
    template: elsewhere,
    labels: [...new Set(types)].sort(),
    ...{ definitions: {}, examples: [], shown: null },
    samples: 1 + Math.max(0, ...answers.map(({ sample = 0 }) => sample)),
    teacher: { kind: 'files', name },
  };
}
