import * as v from 'valibot';
import { whyPointFile } from '../../run/why.ts';

/** What of a watch stands in a snapshot. `taught`: tag numbers found at the end of the last stage on silver alone. */
export const watchFile = v.object({
  points: v.pipe(v.array(whyPointFile), v.readonly()),
  taught: v.nullable(v.pipe(v.array(v.pipe(v.array(v.number()), v.readonly())), v.readonly())),
});
export type WatchProgress = Readonly<v.InferOutput<typeof watchFile>>;

export const nothingWatched: WatchProgress = { points: [], taught: null };
