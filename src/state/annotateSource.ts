import { AppError } from '../core/errors.ts';
import { digestJson } from '../core/hash.ts';
import type { Sentence } from '../data/types.ts';
import type { RawAnswer } from '../llm/answerFile.ts';
import { defaultLimits, type JobSpec } from '../llm/job/types.ts';
import { simulated } from '../llm/providers/simulated.ts';
import { localSettings, type TeacherSource } from '../llm/providers/teacherOf.ts';
import { simulationPresets } from '../llm/simulate/presets.ts';
import type { PromptTemplate } from '../llm/prompts/template.ts';
import type { AnnotateForm, TeacherKind } from './annotateForm.ts';
import { wholeOf } from './annotatePlan.ts';
import type { TeacherChoice } from './annotateRecipe.ts';
import { serverOf } from './endpoint.ts';
import { presetOf } from './annotateResult.ts';

export const presets = simulationPresets;
/** What the simulated teacher says of itself. */
export const simulatedHelp = simulated.help;

/** Who is asked, as a recipe holds it. */
export function choiceOf(kind: TeacherKind, { id }: Pick<PromptTemplate, 'id'>, form: AnnotateForm): TeacherChoice {
  if (kind === 'recorded') return { kind, prompt: id === 'cot' ? 'cot' : 'standard' };
  if (kind === 'simulated') return { kind, preset: form.preset, seed: wholeOf(form.simulatedSeed) };
  return { kind: 'endpoint', provider: serverOf(form.server).provider };
}

/** What a recipe does not hold of its teacher. */
export interface Belongings {
  readonly key: string;
  answers(prompt: 'standard' | 'cot'): Promise<readonly RawAnswer[]>;
  gold(): readonly Sentence[];
}

/** The teacher of a recipe, ready to be asked. Throws `data-empty` where there is no gold to simulate with. */
export async function sourceOf(teacher: TeacherChoice, has: Belongings): Promise<TeacherSource> {
  switch (teacher.kind) {
    case 'endpoint':
      return { provider: teacher.provider, key: has.key };
    case 'files': {
      const reason = 'its answers come by files: bring them under “Teacher, by files”';
      throw new AppError('data-invalid', reason, { reason });
    }
    case 'recorded':
      return { provider: 'recorded', answers: await has.answers(teacher.prompt) };
    case 'simulated': {
      const gold = has.gold();
      if (gold.length === 0) throw new AppError('data-empty', 'no gold to simulate with', { source: 'gold' });
      return { provider: 'simulated', gold, preset: presetOf(teacher.preset), seed: teacher.seed };
    }
  }
}

/** The settings of a job whose teacher needs no network: nothing is sent, and nothing costs. */
export function localSpec(id: string, name: string, source: TeacherSource): JobSpec {
  if ('key' in source) throw new TypeError('a teacher with a key is asked over the network');
  const settings = localSettings(source);
  return { id, name, provider: source.provider, settings, limits: defaultLimits, price: null, budgetUsd: null };
}

/** Throws `data-invalid` where a job goes on with other answers or other gold than it began with. */
export function checkSame(source: TeacherSource, { settings }: JobSpec): void {
  if ('key' in source || digestJson(localSettings(source)) === digestJson(settings)) return;
  const what = source.provider === 'simulated' ? 'the gold that the simulated teacher knew' : 'the recorded answers';
  const reason = `${what} changed since this job began; begin a new one`;
  throw new AppError('data-invalid', reason, { reason });
}
