import { runJob } from '../llm/job/run.ts';
import type { JobEvent, JobOutcome } from '../llm/job/types.ts';
import { teacherOf } from '../llm/providers/teacherOf.ts';
import { loadAnswers, saveAnswer } from '../storage/answers.ts';
import type { Database } from '../storage/database.ts';
import { loadJob, saveJob, updateJob } from '../storage/jobs.ts';
import type { AnnotateRequest } from './annotateProtocol.ts';
import type { WorkerEnv } from './env.ts';
import type { JobControl } from './jobControl.ts';
import { JobEvents } from './jobEvents.ts';
import { jobLock } from './jobLock.ts';
import { withRunLock } from './runLock.ts';

/**
 * One session of an annotation job, from its entry in the database to its outcome. Throws `config-invalid` before anything
 * is stored, and the error of a database that cannot be used; requests that fail are told by the outcome.
 */
export async function annotate(
  env: WorkerEnv,
  request: AnnotateRequest,
  control: JobControl,
  tell: (event: JobEvent) => void,
): Promise<JobOutcome> {
  const { spec } = request;
  const teacher = teacherOf(request.teacher, spec, env.network);
  return withRunLock(env.locks, jobLock(spec.id), async () => {
    const database = await env.database();
    const { gate } = control;
    await enter(database, request, env.today());
    const events = new JobEvents(tell);
    const outcome = await runJob(request, {
      teacher,
      store: { load: (keys) => loadAnswers(database, keys), save: (record) => saveAnswer(database, record) },
      today: env.today,
      now: () => env.now() - gate.heldMs,
      random: env.random,
      pass: (onHeld) =>
        gate.pass(env.now, async (held) => {
          onHeld(held);
          // The status matters after a reload only; a full disk is told by the next answer.
          await updateJob(database, spec.id, { status: held ? 'paused' : 'running' }).catch(() => undefined);
        }),
      stop: gate.signal,
      abort: control.abort,
      onEvent: (event) => events.take(event),
    });
    events.flush();
    const { kind: status, progress } = outcome;
    const failure = outcome.kind === 'halted' ? outcome.failure : null;
    await updateJob(database, spec.id, { status, failure, progress, updatedMs: env.today() });
    return outcome;
  });
}

async function enter(database: Database, { spec, source }: AnnotateRequest, now: number): Promise<void> {
  const before = await loadJob(database, spec.id);
  await saveJob(database, {
    ...{ id: spec.id, spec, source, status: 'running', failure: null },
    progress: before?.progress ?? null,
    createdMs: before?.createdMs ?? now,
    updatedMs: now,
  });
}
