import * as v from 'valibot';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

/** How one class of matrix products is cut on a GPU, as it stands in files. */
export const matmulChoiceFile = v.object({
  variant: v.variant('kind', [
    v.object({ kind: v.literal('registers') }),
    v.object({ kind: v.literal('tiles'), perThread: v.picklist([4, 8]) }),
  ]),
  parts: positive,
});

const tunedFile = v.object({
  /** The best cut of each class of shapes that was timed. */
  matmul: v.record(v.string(), matmulChoiceFile),
});

/** What was timed on one adapter. */
export type Tuned = Readonly<v.InferOutput<typeof tunedFile>>;

export const nothingTuned: Tuned = { matmul: {} };

/** Keeps what was timed, by the name of the adapter; what it cannot give back is timed again. */
export interface TunedStore {
  load(adapter: string): Promise<unknown>;
  save(adapter: string, tuned: Tuned): Promise<void>;
}

/** What was timed there before; nothing where it is unknown or of another shape. */
export async function recall(store: TunedStore, adapter: string): Promise<Tuned> {
  const parsed = v.safeParse(tunedFile, await store.load(adapter));
  return parsed.success ? parsed.output : nothingTuned;
}

/** Keeps it as long as the program runs: for the runs of one experiment. */
export function tunedInMemory(): TunedStore {
  const kept = new Map<string, Tuned>();
  return {
    load: (adapter) => Promise.resolve(kept.get(adapter)),
    save(adapter, tuned) {
      kept.set(adapter, tuned);
      return Promise.resolve();
    },
  };
}
