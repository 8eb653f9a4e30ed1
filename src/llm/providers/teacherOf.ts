import { AppError } from '../../core/errors.ts';
import { digestJson } from '../../core/hash.ts';
import type { Sentence } from '../../data/types.ts';
import type { RawAnswer } from '../answerFile.ts';
import type { JobSpec } from '../job/types.ts';
import type { SimulationPreset } from '../simulate/presets.ts';
import { emptySettings, httpTeacher, type Network } from './httpTeacher.ts';
import type { HttpProviderId, Teacher, TeacherSettings } from './provider.ts';
import { recorded } from './recorded.ts';
import { simulated } from './simulated.ts';

/** Where answers come from, with what a job does not store: the key, or the data of a provider without a network. */
export type TeacherSource =
  | { readonly provider: HttpProviderId; readonly key: string }
  | { readonly provider: 'recorded'; readonly answers: readonly RawAnswer[] }
  | {
      readonly provider: 'simulated';
      readonly gold: readonly Sentence[];
      readonly preset: SimulationPreset;
      readonly seed: number;
    };

/** The teacher of a job. Throws `config-invalid` where source and job do not fit, or the teacher cannot be asked so. */
export function teacherOf(
  source: TeacherSource,
  { provider, settings, limits }: Pick<JobSpec, 'provider' | 'settings' | 'limits'>,
  network: Network,
): Teacher {
  if (source.provider !== provider) throw invalid('provider', provider, source.provider);
  switch (source.provider) {
    case 'recorded':
      return recorded.createTeacher(source);
    case 'simulated':
      return simulated.createTeacher(source);
    case 'openai':
    case 'anthropic':
    case 'gemini':
      return httpTeacher(source.provider, { settings, key: source.key, timeoutMs: limits.timeoutMs }, network);
  }
}

/** Settings of a job without a network: they name all that its answers depend on, so that no answer to other data is reused. */
export function localSettings(source: Exclude<TeacherSource, { key: string }>): TeacherSettings {
  const { provider } = source;
  if (provider === 'recorded')
    return { ...emptySettings, model: 'recorded', extra: { answers: digestJson(source.answers) } };
  const gold = digestJson(source.gold.map(({ id, text, spans }) => ({ id, text, spans })));
  return {
    ...emptySettings,
    model: `simulated: ${source.preset.id}`,
    seed: source.seed,
    extra: { gold, rates: digestJson(source.preset.rates) },
  };
}

function invalid(field: string, value: string, range: string): AppError {
  return new AppError('config-invalid', `${field} ${value}`, { field, value, range });
}
