import { AppError } from '../core/errors.ts';
import { groundAnswers } from '../llm/groundAnswers.ts';
import { loadJob } from '../storage/jobs.ts';
import { groundResult, resultOf } from './annotateResult.ts';
import type { AnnotateJobs } from './annotateJobs.svelte.ts';
import type { DatasetsState, HeldDataset } from './datasets.svelte.ts';
import type { AnswerSource } from './review.svelte.ts';
import { isSample } from './sample.ts';
import type { Services } from './services.ts';
import type { TeacherState } from './teacher.svelte.ts';

const sampleAnswers = 'answers-standard.jsonl';

const isSampleSilver = ({ source }: HeldDataset) => isSample({ source }) && source.fileName === sampleAnswers;

/** Answers of annotation jobs, from the store, and the sample's recorded ones. */
export function answerSource(
  services: Services,
  datasets: DatasetsState,
  teacher: Pick<TeacherState, 'read'>,
  jobs: Pick<AnnotateJobs, 'list'>,
): AnswerSource {
  return {
    has: (dataset) => dataset.source.job !== undefined || isSampleSilver(dataset),
    version: ({ source }) => jobs.list.find(({ id }) => id === source.job)?.updatedMs ?? 0,
    async read(dataset) {
      const { job: jobId } = dataset.source;
      if (jobId === undefined) {
        const { answers } = await teacher.read('standard');
        return { samples: [groundAnswers(dataset.sentences, answers)] };
      }
      const job = await loadJob(services.database, jobId);
      if (job === null) {
        const reason = `the job that “${dataset.name}” came of was taken off the list`;
        throw new AppError('data-invalid', reason, { reason });
      }
      // The dataset has the same sentences: it stands in where the one that was asked about is gone.
      const asked = datasets.find(job.source.datasetId) ?? dataset;
      return groundResult(await resultOf(services.database, job, asked));
    },
  };
}
