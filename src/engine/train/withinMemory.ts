import * as tf from '@tensorflow/tfjs-core';
import { AppError } from '../../core/errors.ts';
import type { Precision } from '../../run/config.ts';
import type { EngineChoices } from '../../run/events.ts';
import { flush, releaseFreeBuffers } from '../gpu/dispatch.ts';
import { partsOf, type PackedBatch } from '../model/batch.ts';
import type { Bert } from '../model/parts.ts';
import type { DropoutDraw } from '../model/dropoutKeys.ts';
import { OutOfMemory } from '../outOfMemory.ts';
import { lossAndGradients, type StepGradients } from './step.ts';

export interface Fitted extends StepGradients {
  /** Those that the step went through with: the ones given, or smaller portions. */
  readonly choices: EngineChoices;
}

/**
 * Loss and gradients of a batch; where the device has no room, again in smaller portions, with the same result but for
 * rounding: parameters change only after this. `met` holds the packed lengths that the device has had room for. Rejects
 * with `out-of-memory` where one sequence at a time, with its layers recomputed, is still too much.
 */
export async function gradientsWithinMemory(
  model: Bert,
  batch: PackedBatch,
  draw: DropoutDraw,
  choices: EngineChoices,
  met: Set<string>,
  precision: Precision = 'f32',
): Promise<Fitted> {
  for (let tried = choices; ;) {
    const lengths = JSON.stringify(partsOf(batch, tried.microBatchTokens).map(({ ids }) => ids.length));
    const work = () => lossAndGradients(model, batch, draw, { ...tried, precision });
    try {
      const made = met.has(lengths) ? work() : await watched(work, model);
      met.add(lengths);
      return { ...made, choices: tried };
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      const smaller = smallerPortions(batch, tried);
      if (smaller === null) throw new AppError('out-of-memory', error.message);
      tried = smaller;
    }
  }
}

/** Half as many tokens at once; where they are single sequences, with their layers recomputed; then nothing. */
function smallerPortions(batch: PackedBatch, choices: EngineChoices): EngineChoices | null {
  const most = Math.min(choices.microBatchTokens, batch.tokens);
  const single = partsOf(batch, most).every(({ offsets }) => offsets.length === 2);
  if (!single) return { ...choices, microBatchTokens: Math.max(1, Math.floor(most / 2)) };
  return choices.recompute ? null : { ...choices, recompute: true };
}

/**
 * Does work that may need more memory than before. webgpu tells of a failed allocation later and nowhere but here: without the
 * error scope the step would go on with buffers of zeros.
 */
async function watched(work: () => StepGradients, { parameters }: Bert): Promise<StepGradients> {
  if (tf.getBackend() !== 'webgpu') return work();
  const { device } = tf.backend() as unknown as { readonly device: GPUDevice };
  const popped = () => Promise.all([device.popErrorScope(), device.popErrorScope()]);
  flush(parameters.values());
  device.pushErrorScope('validation');
  device.pushErrorScope('out-of-memory');
  let made: StepGradients;
  try {
    made = work();
    flush();
  } catch (error) {
    await popped();
    throw error;
  }
  const [short, wrong] = await popped();
  const problem = short ?? wrong; // a buffer without memory is reported once more wherever it is used
  if (problem === null) return made;
  tf.dispose([made.loss, ...made.gradients.values()]);
  if (short === null) throw new AppError('gpu-error', problem.message, { reason: problem.message.slice(0, 300) });
  releaseFreeBuffers();
  throw new OutOfMemory(null);
}
