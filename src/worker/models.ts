import { AppError } from '../core/errors.ts';
import { modelFromCheckpoint, zipFolder } from '../engine/checkpoint/export.ts';
import { loadCheckpoint } from '../engine/checkpoint/load.ts';
import { filesSource } from '../engine/checkpoint/sources.ts';
import { Predictor } from '../engine/predict.ts';
import { loadModel } from '../storage/models.ts';
import { loadRun } from '../storage/runs.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import type { WorkerEnv } from './env.ts';
import type { Found, PredictRequest } from './protocol.ts';

/** A model as the files of its Hugging Face folder. */
export type ModelFiles = ReadonlyMap<string, Uint8Array>;

interface HeldModel {
  readonly runId: string;
  readonly files: ModelFiles;
  /** Read from `files` when something is first predicted. */
  ready: Predictor | null;
}

/** The models of finished runs; the one used last is held in memory, and all that found no room in storage. */
export class Models {
  readonly #env: WorkerEnv;
  #held: HeldModel | null = null;
  readonly #unstored = new Map<string, ModelFiles>();

  constructor(env: WorkerEnv) {
    this.#env = env;
  }

  /** Holds a model that has just been trained. */
  hold(runId: string, files: ModelFiles): void {
    this.release();
    this.#held = { runId, files, ready: null };
  }

  /** Keeps the model that is held for as long as the worker lives: it is stored nowhere. */
  keepHeld(): void {
    if (this.#held !== null) this.#unstored.set(this.#held.runId, this.#held.files);
  }

  /** Takes the model off the device, which something else needs. */
  release(): void {
    this.#held?.ready?.release();
  }

  /** The entities in each sentence, found on the device that is open; with `sureness` how sure the model is of each word. */
  async predict(
    { runId, sentences, sureness }: PredictRequest,
    onProgress: (done: number, total: number) => void,
  ): Promise<Found> {
    const held = await this.#get(runId);
    const predictor = (held.ready ??= await read(held.files));
    return this.#env.devices.use(() => predictor.entities(sentences, sureness, onProgress));
  }

  /** The model's folder as a zip that is named after the run. */
  async zip(runId: string): Promise<{ readonly fileName: string; readonly zip: Uint8Array<ArrayBuffer> }> {
    const { files } = await this.#get(runId);
    // A database that another tab has taken over, say, must not keep the model here.
    const run = await this.#env
      .database()
      .then((database) => loadRun(database, runId))
      .catch(() => null);
    return { fileName: `${fileNameOf(run?.name ?? runId)}.zip`, zip: zipFolder(files) };
  }

  async #get(runId: string): Promise<HeldModel> {
    if (this.#held?.runId === runId) return this.#held;
    const files = this.#unstored.get(runId);
    const stored = files === undefined ? await loadModel(await this.#env.database(), runId) : { runId, files };
    if (stored === null) throw new AppError('file-missing', `no model of ${runId}`, { file: 'the model of this run' });
    this.release();
    this.#held = { ...stored, ready: null };
    return this.#held;
  }
}

async function read(files: ModelFiles): Promise<Predictor> {
  const model = modelFromCheckpoint(await loadCheckpoint(filesSource(files)));
  return new Predictor(model, createTokenizer(model.tokenizerFiles));
}

/** A name as every file system takes it. */
function fileNameOf(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}.]+/gu, '-')
      .replace(/^[-.]+|[-.]+$/g, '')
      .slice(0, 80) || 'model'
  );
}
