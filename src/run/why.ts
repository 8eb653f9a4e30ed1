import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const loss = v.pipe(v.number(), v.minValue(0));
/** `n` of `of`; kept as counts, so that those of several seeds can be added up. `of` may be 0. */
const part = v.pipe(v.object({ n: count, of: count }), v.readonly());

/** How a `WhyPoint` stands in snapshots and records. */
export const whyPointFile = v.pipe(
  v.object({
    step: count,
    /** Number of the stage that the step belongs to, from 0, and whether the step is its last. */
    stage: count,
    stageEnd: v.boolean(),
    /** Mean cross-entropy (natural log) a word of one and the same prediction, held against each of the two labels. */
    loss: v.pipe(v.object({ gold: loss, silver: loss }), v.readonly()),
    /**
     * The teacher's mistakes that the student makes too. `invented`: entities of silver that the trusted labels do not have,
     * and of these those that the student finds; `missed`: entities of the trusted labels that silver lacks, and of these
     * those that it does not find.
     */
    repeated: v.pipe(v.object({ invented: part, missed: part }), v.readonly()),
    /**
     * What has become of the entities that the student found at the end of the last stage on silver alone: of the `right`
     * ones those that are lost, of the `wrong` ones those that are gone. null until such a stage has ended.
     */
    undone: v.nullable(v.pipe(v.object({ right: part, wrong: part }), v.readonly())),
  }),
  v.readonly(),
);

/** How a `Why` stands in records. */
export const whyFile = v.object({
  /** Where the trusted labels come from. Most regimens train on gold, so its loss falls by learning it; none trains on dev. */
  reference: v.picklist(['gold', 'dev']),
  /** Sentences looked at, the same in all runs on the same data, and sentences that carry both labels. */
  sentences: count,
  shared: count,
  /** Of those looked at, the ones whose two labels differ: more than in all, so that there are mistakes to count. */
  differing: count,
  /** In the order of the steps; the last one of each stage is its end. */
  points: v.pipe(v.array(whyPointFile), v.readonly()),
});

/** What a run makes of the sentences that carry both labels, after `step` updates. Entities are read as conlleval does. */
export type WhyPoint = v.InferOutput<typeof whyPointFile>;
export type Part = WhyPoint['repeated']['missed'];

/** Why silver helps, or does not: what a run shows, over its course, on sentences that carry silver and trusted labels. */
export type Why = Readonly<v.InferOutput<typeof whyFile>>;
