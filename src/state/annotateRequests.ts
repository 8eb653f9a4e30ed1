import type { Sentence } from '../data/types.ts';
import { keyOf } from '../llm/job/key.ts';
import { assumed, checkJob, planJob, type JobPlan } from '../llm/job/plan.ts';
import type { JobSpec } from '../llm/job/types.ts';
import type { HttpRequest } from '../llm/providers/provider.ts';
import { loadAnswers } from '../storage/answers.ts';
import type { Database } from '../storage/database.ts';
import type { AnnotateForm } from './annotateForm.ts';
import { settingsOf } from './annotatePlan.ts';
import { promptOf, questionsOf, type Recipe } from './annotateRecipe.ts';
import { providerOf, serverOf } from './endpoint.ts';

/** A request for a person to look at; `http` is null for a teacher without a network, or before there is a model. */
export interface ShownRequest {
  readonly system: string;
  readonly user: string;
  readonly http: string | null;
}

/** The request for one sentence, word for word as it would be sent, without the key. Throws `config-invalid`. */
export function shownRequest(
  form: AnnotateForm,
  recipe: Recipe,
  sentence: Sentence,
  isHttp: boolean,
  keys: readonly string[],
): ShownRequest {
  const prompt = promptOf(recipe, sentence);
  if (!isHttp || form.model.trim() === '') return { ...prompt, http: null };
  const settings = settingsOf(form, recipe.template.blocks.reasoning.on, keys);
  return { ...prompt, http: laidOut(providerOf(serverOf(form.server)).request(settings, prompt, '')) };
}

/** A request in the form in which it goes over the network, its body laid out to be read. */
function laidOut({ method, url, headers, body }: HttpRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${url}`, ...lines, '', body === null ? '' : JSON.stringify(JSON.parse(body), null, 2)].join('\n');
}

/** What a job would take, less what is answered already. Throws `config-invalid` for one that cannot be run. */
export async function planOf(
  database: Database,
  spec: JobSpec,
  recipe: Recipe,
  asked: readonly Sentence[],
): Promise<JobPlan> {
  checkJob(spec);
  const questions = questionsOf(recipe, asked);
  const keys = questions.map((question) => keyOf(spec, question));
  const known = await loadAnswers(database, keys);
  const again = { failed: false, uncertain: false };
  const guess = recipe.template.blocks.reasoning.on ? assumed.cot : assumed.standard;
  return planJob({ spec, questions, again }, known, guess);
}
