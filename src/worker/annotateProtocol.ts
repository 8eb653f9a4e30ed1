import type { JobEvent, JobInput, JobOutcome } from '../llm/job/types.ts';
import type { HttpProviderId } from '../llm/providers/provider.ts';
import type { TeacherSource } from '../llm/providers/teacherOf.ts';
import type { JobSource } from '../storage/jobs.ts';

/** Types only: what the page and the worker say to each other about teachers. */

export type { JobEvent, JobOutcome };

/** An annotation job; the worker keeps all but the questions and the teacher, with its key. */
export interface AnnotateRequest extends JobInput {
  readonly source: JobSource;
  /** Its key is in memory only, here as in the page; empty for a server that wants none. */
  readonly teacher: TeacherSource;
}

/** Asks which models an endpoint offers. */
export interface ModelsRequest {
  readonly provider: HttpProviderId;
  readonly endpoint: string;
  readonly key: string;
}
