import { asAppError } from '../core/errors.ts';
import type { KnownTests } from '../eval/compare/overUnits.ts';
import { listModels } from '../llm/providers/httpTeacher.ts';
import { annotate } from './annotateSession.ts';
import { compareStored } from './compareSession.ts';
import type { WorkerEnv } from './env.ts';
import { digestsOf } from './digests.ts';
import { embed } from './embed.ts';
import { Gate } from './gate.ts';
import { ImportSession } from './importSession.ts';
import { JobControl } from './jobControl.ts';
import { keepCheckpoint } from './keepCheckpoint.ts';
import { Models } from './models.ts';
import type { Control, ControlAction, DeviceReport, Reply, Request } from './protocol.ts';
import { TrainSession } from './trainSession.ts';

export type Post = (reply: Reply, transfer?: Transferable[]) => void;

/** The worker's side of the conversation; knows nothing of Worker, so that tests can talk to it. */
export interface Host {
  receive(message: Request | Control): void;
}

export function createHost(env: WorkerEnv, post: Post): Host {
  const models = new Models(env);
  const imports = new ImportSession(env);
  const tests: KnownTests = new Map();
  const gates = new Map<number, Pick<Gate, ControlAction>>();
  let busy = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** Runs and self-tests one after another: each needs the device for itself. */
  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    busy++;
    const result = last.then(task).finally(() => busy--);
    last = result.catch(() => undefined);
    return result;
  }

  async function train(id: number, request: Extract<Request, { kind: 'train' }>['request']): Promise<Reply> {
    const gate = new Gate();
    gates.set(id, gate);
    const tell = (event: Extract<Reply, { kind: 'event' }>['event']) => {
      post({ id, kind: 'event', event });
    };
    if (busy > 0) tell({ kind: 'waiting', elsewhere: false });
    try {
      const outcome = await inTurn(() => new TrainSession(env, models, request, gate, tell).run());
      return { id, kind: 'trained', outcome };
    } finally {
      gates.delete(id);
    }
  }

  /** A job needs the network only, and goes on beside a run. */
  async function ask(id: number, request: Extract<Request, { kind: 'annotate' }>['request']): Promise<Reply> {
    const control = new JobControl();
    gates.set(id, control);
    try {
      const outcome = await annotate(env, request, control, (event) => {
        post({ id, kind: 'job', event });
      });
      return { id, kind: 'annotated', outcome };
    } finally {
      gates.delete(id);
    }
  }

  /** Reading a file can be stopped; the gate's other actions mean nothing to it. */
  async function importFiles(id: number, request: Extract<Request, { kind: 'import' }>['request']): Promise<Reply> {
    const gate = new Gate();
    gates.set(id, gate);
    try {
      const answered = await imports.answer(request, gate.signal, {
        onReading(reading) {
          post({ id, kind: 'reading', reading });
        },
        onPacked(done, total) {
          post({ id, kind: 'progress', done, total });
        },
      });
      return { id, kind: 'imported', answer: answered };
    } finally {
      gates.delete(id);
    }
  }

  const progressOf = (id: number) => (done: number, total: number) => {
    post({ id, kind: 'progress', done, total });
  };

  async function answer(request: Request): Promise<Reply> {
    const { id } = request;
    const onReport = (report: DeviceReport) => {
      post({ id, kind: 'examined', report });
    };
    switch (request.kind) {
      case 'diagnose':
        return { id, kind: 'diagnosed', diagnosis: await inTurn(() => env.devices.diagnose(onReport, request.again)) };
      case 'train':
        return train(id, request.request);
      case 'annotate':
        return ask(id, request.request);
      case 'import':
        return importFiles(id, request.request);
      case 'list-models': {
        const { provider, endpoint, key } = request.request;
        const models = await listModels(provider, { endpoint, key }, env.network, new AbortController().signal);
        return { id, kind: 'models-listed', models };
      }
      case 'predict':
        return { id, kind: 'predicted', ...(await models.predict(request, progressOf(id))) };
      case 'compare':
        return { id, kind: 'compared', result: await compareStored(await env.database(), request.request, tests) };
      case 'keep-checkpoint':
        await keepCheckpoint(env, request.url, request.files);
        return { id, kind: 'checkpoint-kept' };
      case 'embed':
        return { id, kind: 'embedded', vectors: await embed(env, request.request, progressOf(id)) };
      case 'digest':
        return { id, kind: 'digested', digests: await digestsOf(env, request.request) };
      case 'export':
        return { id, kind: 'exported', ...(await models.zip(request.runId)) };
    }
  }

  function control({ id, action }: Control): void {
    gates.get(id)?.[action](); // a run that has ended has no gate
  }

  return {
    receive(message) {
      if (message.kind === 'control') {
        control(message);
        return;
      }
      answer(message).then(
        (reply) => {
          post(reply, reply.kind === 'exported' ? [reply.zip.buffer] : []);
        },
        (error: unknown) => {
          const { code, message: text, detail } = asAppError(error);
          post({ id: message.id, kind: 'failed', code, message: text, detail });
        },
      );
    },
  };
}
