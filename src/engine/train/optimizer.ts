import * as tf from '@tensorflow/tfjs-core';
import { adamw, type AdamwState } from '../kernels/adamw.ts';
import { clipFactor, globalNorm } from '../kernels/globalNorm.ts';
import { decays } from '../model/parameters.ts';

export interface OptimizerSettings {
  readonly weightDecay: number;
  /** Largest global norm; 0 = no clipping. */
  readonly clipNorm: number;
}

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

/** The parameters of a model with their AdamW moments; one update count for all. */
export class Optimizer {
  readonly #settings: OptimizerSettings;
  #states: Map<string, AdamwState>;
  #t: number;

  /** Takes over the tensors of `states`; `t` is the number of updates done since the optimizer began. */
  constructor(states: ReadonlyMap<string, AdamwState>, settings: OptimizerSettings, t: number) {
    this.#states = new Map(states);
    this.#settings = settings;
    this.#t = t;
  }

  static fresh(parameters: ReadonlyMap<string, tf.Tensor>, settings: OptimizerSettings): Optimizer {
    const states = [...parameters].map(([name, value]): [string, AdamwState] => [
      name,
      { value, moment1: tf.zerosLike(value), moment2: tf.zerosLike(value) },
    ]);
    return new Optimizer(new Map(states), settings, 0);
  }

  get t(): number {
    return this.#t;
  }

  get states(): ReadonlyMap<string, AdamwState> {
    return this.#states;
  }

  parameters(): Map<string, tf.Tensor> {
    return new Map([...this.#states].map(([name, state]) => [name, state.value]));
  }

  /** Clips, updates every parameter, disposes the gradients; returns the norm before clipping, to be read and disposed by the caller. */
  update(gradients: ReadonlyMap<string, tf.Tensor>, learningRate: number): tf.Scalar {
    this.#t++;
    const norm = globalNorm([...gradients.values()]);
    const clip = clipFactor(norm, this.#settings.clipNorm);
    const next = new Map<string, AdamwState>();
    for (const [name, state] of this.#states) {
      const gradient = gradients.get(name);
      if (gradient === undefined) throw new Error(`no gradient for ${name}`);
      const decay = decays(name) ? this.#settings.weightDecay : 0;
      next.set(name, adamw(state, gradient, clip, { learningRate, decay, beta1, beta2, epsilon, t: this.#t }));
      gradient.dispose();
    }
    this.#states = next;
    clip.dispose();
    return norm;
  }

  /** Begins anew with the present parameters: moments 0, update count 0. */
  restart(): void {
    const parameters = this.parameters();
    for (const { moment1, moment2 } of this.#states.values()) tf.dispose([moment1, moment2]);
    this.#states = new Map(Optimizer.fresh(parameters, this.#settings).states);
    this.#t = 0;
  }

  dispose(): void {
    for (const { value, moment1, moment2 } of this.#states.values()) tf.dispose([value, moment1, moment2]);
    this.#states.clear();
  }
}
