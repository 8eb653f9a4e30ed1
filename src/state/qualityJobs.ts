import { shippedPrompts } from '../llm/prompts/shipped.ts';
import type { StoredJob } from '../storage/jobs.ts';
import { decodeRecipe } from './annotateRecipe.ts';
import { groundResult, type JobResult } from './annotateResult.ts';
import type { HeldDataset } from './datasets.svelte.ts';
import type { Labelling } from './quality.ts';
import { isSample } from './sample.ts';

/** A silver dataset as something to be judged, with what its job knows of cost and prompt. */
export function labellingOf(dataset: HeldDataset, jobs: readonly StoredJob[]): Labelling {
  const { id, name, sentences, source } = dataset;
  const job = jobs.find((one) => one.id === source.job);
  const promptHash = job === undefined ? undefined : decodeRecipe(job.source.recipe)?.template.hash;
  const known = isSample(dataset) ? shippedPrompts.standard.hash : promptHash;
  const costs = job === undefined ? [] : costsOf(job);
  const simulated = sentences.some(({ meta }) => meta?.['simulated'] !== undefined);
  return { id, name, sentences, datasetId: id, costs, simulated, ...(known !== undefined && { promptHash: known }) };
}

/** What a sentence cost, as one mean; empty without a price. Answers that were taken from other jobs are not counted in. */
export function costsOf({ progress, source }: Pick<StoredJob, 'progress' | 'source'>): readonly number[] {
  const spentUsd = progress?.spentUsd ?? null;
  if (progress === null || spentUsd === null) return [];
  const paid = progress.answered - progress.reused;
  const samples = decodeRecipe(source.recipe)?.samples ?? 1;
  return paid <= 0 ? [] : [(spentUsd / paid) * samples];
}

/** What a job was asked of gold only to be judged, and became no dataset. */
export function probeLabelling(result: JobResult): Labelling {
  const { job, recipe } = result;
  return {
    ...{ id: `job ${job.id}`, name: job.spec.name, datasetId: null, costs: costsOf(job) },
    simulated: recipe.teacher.kind === 'simulated',
    sentences: groundResult(result).sentences,
    promptHash: recipe.template.hash,
  };
}
