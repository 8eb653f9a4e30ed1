import { AppError } from '../core/errors.ts';
import { textOf, type ErrorText } from '../core/errorTexts.ts';
import type { Authorship, Sentence } from '../data/types.ts';
import type { RawAnswer } from '../llm/answerFile.ts';
import { groundSamples, type GroundedSamples } from '../llm/groundSamples.ts';
import { keyOf } from '../llm/job/key.ts';
import { greatestUsd } from '../llm/job/tokens.ts';
import type { AnswerRecord } from '../llm/job/types.ts';
import type { FilterOptions } from '../llm/quality/votes.ts';
import { simulationPresets, type SimulationPreset } from '../llm/simulate/presets.ts';
import { markSimulated } from '../llm/simulate/simulate.ts';
import { loadAnswers } from '../storage/answers.ts';
import type { Database } from '../storage/database.ts';
import type { StoredJob } from '../storage/jobs.ts';
import { askedIn, decodeRecipe, examplesFor, promptOf, questionsOf, type Recipe } from './annotateRecipe.ts';
import type { HeldDataset } from './datasets.svelte.ts';

/** A job with all that has come of it so far. */
export interface JobResult {
  readonly job: StoredJob;
  readonly recipe: Recipe;
  /** The sentences asked about, without labels, in the order of the recipe. */
  readonly sentences: readonly Sentence[];
  /** The usable and unusable answers, of all samples. */
  readonly answers: readonly RawAnswer[];
  /** One a question, in the order of `questionsOf`; null where it was never sent. */
  readonly records: readonly (AnswerRecord | null)[];
  /** Sentences of the recipe that are no longer in the dataset. */
  readonly gone: number;
}

/** What a job was made of. Throws `data-invalid` where its dataset or its recipe is gone. */
export function madeOf<D>(job: StoredJob, dataset: D | undefined): { readonly recipe: Recipe; readonly dataset: D } {
  const recipe = decodeRecipe(job.source.recipe);
  if (recipe !== null && dataset !== undefined) return { recipe, dataset };
  const reason = `the ${recipe === null ? 'questions' : 'sentences'} of “${job.spec.name}” are no longer here`;
  throw new AppError('data-invalid', reason, { reason });
}

/** Reads what came of a job. Throws `data-invalid` where its dataset or its recipe is gone. */
export async function resultOf(
  database: Database,
  job: StoredJob,
  held: Pick<HeldDataset, 'sentences'> | undefined,
): Promise<JobResult> {
  const { recipe, dataset } = madeOf(job, held);
  const sentences = askedIn(recipe, dataset.sentences);
  const questions = questionsOf(recipe, sentences);
  const keys = questions.map((question) => keyOf(job.spec, question));
  const known = await loadAnswers(database, keys);
  const records = keys.map((key) => known.get(key) ?? null);
  const answers = questions.flatMap(({ sentenceId, sample }, i): RawAnswer[] => {
    const record = records[i];
    if (record?.status !== 'answered' || record.finish === null) return [];
    return [{ id: sentenceId, sample, response: record.text, line: i + 1, finish: record.finish }];
  });
  return { job, recipe, sentences, answers, records, gone: recipe.sentences.length - sentences.length };
}

/** Who was asked, for a person. */
export function teacherName({ teacher }: Pick<Recipe, 'teacher'>, model: string): string {
  if (teacher.kind === 'endpoint') return model;
  if (teacher.kind === 'files') return teacher.name;
  if (teacher.kind === 'recorded') return 'the sample’s recorded teacher';
  return `simulated: ${presetOf(teacher.preset).name}`;
}

/** Teacher and prompt in few words, for the names of jobs and datasets. */
export function shortName({ teacher, template }: Pick<Recipe, 'teacher' | 'template'>, model: string): string {
  if (teacher.kind === 'simulated') return 'simulated';
  return `${teacher.kind === 'recorded' ? 'recorded' : model}, ${template.name.toLowerCase()}`;
}

/** A simulated teacher by its name; the first for one that is gone. */
export function presetOf(id: string): SimulationPreset {
  return simulationPresets.find((preset) => preset.id === id) ?? simulationPresets[0]!;
}

/** Who is written down for the labels of a job: the teacher and the prompt. */
export function authorOf({ job, recipe }: Pick<JobResult, 'job' | 'recipe'>): Authorship {
  const { template } = recipe;
  const teacher = teacherName(recipe, job.spec.settings.model);
  const prompt = recipe.teacher.kind === 'simulated' ? '' : `, ${template.name} v${String(template.version)}`;
  return { kind: 'teacher', name: `${teacher}${prompt}`, version: 1 };
}

export const majority: FilterOptions = { filter: { level: 'majority' } };

/** The sentences as the teacher labels them; what has no usable answer stays unlabelled. Simulated ones say so each. */
export function groundResult(result: JobResult, options: FilterOptions = majority): GroundedSamples {
  const { recipe, sentences, answers } = result;
  const byId = new Map(sentences.map((sentence) => [sentence.id, sentence]));
  const grounded = groundSamples(
    sentences,
    answers,
    {
      labels: recipe.labels,
      examplesOf: (id) => {
        const asked = byId.get(id);
        const isShown = recipe.template.blocks.examples.on && asked !== undefined;
        return isShown ? examplesFor(recipe, asked).map(({ text }) => text) : [];
      },
      author: authorOf(result),
    },
    options,
  );
  const { teacher } = recipe;
  if (teacher.kind !== 'simulated') return grounded;
  const preset = presetOf(teacher.preset);
  return { ...grounded, sentences: grounded.sentences.map((one) => markSimulated(one, preset, teacher.seed)) };
}

/** What must be said wherever labels of a simulated teacher are shown. */
export const simulatedNotice =
  'Labels of a simulated teacher: gold with made mistakes. They show what noise does, not what a language model is worth.';

/** Requests that ended alike, with the sentences that they were about. */
export interface FailureGroup extends ErrorText {
  readonly sentences: readonly Sentence[];
}

/** Where a job stands by its records, whatever its last session told. Counts are of questions, costs of this job in USD. */
export interface JobSummary {
  readonly total: number;
  readonly answered: number;
  /** Asked in vain, and asked again only on demand. */
  readonly failed: readonly FailureGroup[];
  /** Sent before a break and never answered: may have been charged. */
  readonly uncertain: readonly Sentence[];
  /** Not asked yet, or turned away without cost. */
  readonly left: number;
  readonly spentUsd: number | null;
  /** The most that requests without an answer may have cost besides. */
  readonly uncertainUsd: number | null;
}

export function summaryOf({ job, recipe, sentences, records }: JobResult): JobSummary {
  const { settings, price } = job.spec;
  const groups = new Map<string, { text: ErrorText; sentences: Sentence[] }>();
  const uncertain: Sentence[] = [];
  let [answered, spent, doubtful] = [0, 0, 0];
  const counted = new Set<string>();
  records.forEach((record, i) => {
    const sentence = sentences[i % sentences.length]!;
    if (record === null) return;
    if (record.jobId === job.id && !counted.has(record.key)) {
      counted.add(record.key);
      spent += record.costUsd ?? 0;
      doubtful += record.uncertainUsd ?? 0; // of tries before the last
      if (record.status === 'sent') doubtful += greatestUsd(promptOf(recipe, sentence), settings, price) ?? 0;
    }
    if (record.status === 'answered') answered++;
    else if (record.status === 'sent') uncertain.push(sentence);
    else if (record.status === 'failed' && record.failure !== null) {
      const text = textOf(record.failure.code, record.failure.detail);
      const group = groups.get(text.what) ?? { text, sentences: [] };
      groups.set(text.what, group);
      group.sentences.push(sentence);
    }
  });
  const failed = [...groups.values()].map((group) => ({ ...group.text, sentences: group.sentences }));
  const ended = answered + uncertain.length + failed.reduce((sum, group) => sum + group.sentences.length, 0);
  const paid = price !== null;
  return {
    ...{ total: records.length, answered, failed, uncertain, left: records.length - ended },
    spentUsd: paid ? spent : null,
    uncertainUsd: paid ? doubtful : null,
  };
}
