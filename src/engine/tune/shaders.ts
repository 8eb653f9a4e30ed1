import * as tf from '@tensorflow/tfjs-core';
import { halfGpu, scaledHalfGpu, tensorsOf, type Factor } from '../gpu/half.ts';
import { product, type MatmulChoice } from '../gpu/matmul.ts';
import { choiceByRule, hasRoomFor, partsFor, shapeClass, type ProductShape } from '../gpu/variants.ts';
import { factorsOf, timeWork, type Factors } from './timing.ts';
import { flopsOf } from './shapes.ts';

/** How long tuning may go on, by the clock `now`. */
export interface TuneLimit {
  readonly mostMs: number;
  now(): number;
}

/** A candidate must beat the rule by this much: within it, times are noise. */
const worthwhile = 0.95;
const repeats = 3;

/** The ways to make a product that the present adapter has room for, the rule's own first. */
export function candidatesFor(shape: ProductShape): readonly MatmulChoice[] {
  const { layout, m, n, k, half } = shape;
  const rule = choiceByRule(shape, false);
  const found = new Map([[JSON.stringify(rule), rule]]);
  const offer = (choice: MatmulChoice) => found.set(JSON.stringify(choice), choice);
  offer({ variant: { kind: 'registers' }, parts: 1 });
  for (const perThread of [4, 8] as const) {
    const variant = { kind: 'tiles', perThread } as const;
    if (!hasRoomFor(variant, layout, half)) continue;
    offer({ variant, parts: 1 });
    // A layer's forward product adds its bias at the end of the one sum.
    if (layout !== 'nn') offer({ variant, parts: partsFor(m, n, k, 16 * perThread) });
  }
  return [...found.values()];
}

/**
 * Times the candidates for each class among `shapes`, the largest first, and returns the fastest by class. Each is run once
 * to compile it. Classes that the limit leaves no time for are left out, and go by rule.
 */
export async function tuneShaders(
  shapes: readonly ProductShape[],
  { mostMs, now }: TuneLimit,
): Promise<Record<string, MatmulChoice>> {
  const startedAt = now();
  const found: Record<string, MatmulChoice> = {};
  const tuned = new Set<string>();
  for (const shape of shapes.toSorted((x, y) => flopsOf(y) - flopsOf(x))) {
    const name = shapeClass(shape);
    if (tuned.has(name)) continue;
    tuned.add(name);
    const choice = await fastest(shape, now, () => now() - startedAt < mostMs);
    if (choice === null) break;
    found[name] = choice;
  }
  return found;
}

/** The fastest candidate, the rule's where none is clearly faster; null where the time was up before all were timed. */
async function fastest(shape: ProductShape, now: () => number, hasTime: () => boolean): Promise<MatmulChoice | null> {
  const whole = factorsOf(shape);
  const [a, b] = shape.half ? inHalf(shape, whole) : [whole.a, whole.b];
  try {
    let best: MatmulChoice | null = null;
    let least = Infinity;
    for (const choice of candidatesFor(shape)) {
      if (!hasTime()) return null;
      const work = () => product(choice, shape.layout, a, b, whole.bias);
      await timeWork(work, 1, now);
      const ms = await timeWork(work, repeats, now);
      if (ms >= least * (best === null ? 1 : worthwhile)) continue;
      [best, least] = [choice, ms];
    }
    return best;
  } finally {
    tf.dispose([whole.a, whole.b, ...tensorsOf(a), ...tensorsOf(b), ...(whole.bias === null ? [] : [whole.bias])]);
  }
}

/** The factors in half precision as a training step has them: the gradient, which is one of them but for nn, is scaled. */
function inHalf({ layout }: ProductShape, { a, b }: Factors): readonly [Factor, Factor] {
  return [layout === 'nt' ? scaledHalfGpu(a) : halfGpu(a), layout === 'tn' ? scaledHalfGpu(b) : halfGpu(b)];
}
