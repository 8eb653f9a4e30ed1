import type { AnnotateJobs, StoredJob } from './annotateJobs.svelte.ts';
import { decodeRecipe } from './annotateRecipe.ts';
import { groundResult, resultOf, type JobResult } from './annotateResult.ts';
import type { DatasetsState, HeldDataset } from './datasets.svelte.ts';
import type { EditsState } from './edits.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import { judge, sharedWith, type Judged } from './quality.ts';
import type { QualityState } from './quality.svelte.ts';
import { byVotes, filterOptions, leftBy, relabelled, takenBack, type VoteChoice } from './qualityVotes.ts';
import type { Services } from './services.ts';

/** Self-consistency: jobs that asked several times, and what their votes leave of the labels. */
export class VotesState {
  /** The job that the person chose; '' = the newest. */
  jobId = $state('');
  choice: VoteChoice = $state.raw({ level: 'majority', least: 1, weigh: false });
  result: JobResult | null = $state.raw(null);

  readonly jobs: readonly StoredJob[] = $derived.by(() =>
    this.#jobs.list.filter(
      ({ source, progress }) => (decodeRecipe(source.recipe)?.samples ?? 1) > 1 && (progress?.answered ?? 0) > 0,
    ),
  );
  readonly job: StoredJob | null = $derived(this.jobs.find(({ id }) => id === this.jobId) ?? this.jobs[0] ?? null);
  readonly samples: number = $derived(this.result?.recipe.samples ?? 1);
  readonly grounded = $derived.by(() =>
    this.result === null ? null : groundResult(this.result, filterOptions(this.choice, this.samples)),
  );
  readonly left = $derived.by(() =>
    this.grounded === null ? null : leftBy(this.grounded.sentences, this.grounded.votes),
  );
  readonly counts = $derived.by(() => (this.grounded === null ? [] : byVotes(this.grounded.votes, this.samples)));
  /** The dataset that the labels would go into; none before they were added. */
  readonly silver: HeldDataset | null = $derived.by(() =>
    this.result === null ? null : (this.#jobs.silverOf(this.result.job.id) ?? null),
  );
  /** What the labels are worth on gold as the filter leaves them; null where they share no sentence with it. */
  readonly judged: Judged | null = $derived.by(() => {
    const { probe, threshold } = this.#quality;
    if (probe === null || this.grounded === null || this.result === null) return null;
    const { sentences } = this.grounded;
    if (sharedWith(probe.sentences, sentences) === 0) return null;
    const name = this.result.job.spec.name;
    return judge(probe, { id: 'votes', name, sentences, datasetId: null, costs: [], simulated: false }, threshold);
  });

  readonly #services: Services;
  readonly #datasets: DatasetsState;
  readonly #edits: EditsState;
  readonly #jobs: AnnotateJobs;
  readonly #quality: QualityState;
  readonly #notices: Notices;

  constructor(
    services: Services,
    datasets: DatasetsState,
    edits: EditsState,
    jobs: AnnotateJobs,
    quality: QualityState,
    notices: Notices,
  ) {
    this.#services = services;
    this.#datasets = datasets;
    this.#edits = edits;
    this.#jobs = jobs;
    this.#quality = quality;
    this.#notices = notices;
  }

  /** Reads the answers of the chosen job. */
  async look(): Promise<void> {
    const { job } = this;
    if (job === null) {
      this.result = null;
      return;
    }
    await this.#notices.guard(async () => {
      const asked = this.#datasets.find(job.source.datasetId) ?? this.#jobs.silverOf(job.id);
      const result = await resultOf(this.#services.database, job, asked);
      if (this.job?.id === job.id) this.result = result;
    });
  }

  set(change: Partial<VoteChoice>): void {
    this.choice = { ...this.choice, ...change };
  }

  /** Puts what the filter leaves into the job's silver dataset, or makes it; can be undone from the notice. */
  async apply(): Promise<void> {
    const { result, grounded, silver } = this;
    if (result === null || grounded === null) return;
    await this.#notices.guard(async () => {
      if (silver === null) {
        await this.#jobs.keep(result, filterOptions(this.choice, this.samples));
        return;
      }
      await this.#edits.store(); // so that no edit of the dataset is still on its way
      const before = (this.#datasets.find(silver.id) ?? silver).sentences;
      const { sentences, changed, kept } = relabelled(before, grounded.sentences);
      await this.#datasets.replace(silver.id, sentences);
      const stay = kept === 0 ? '' : ` ${String(kept)} that you had a hand in stay as they are.`;
      const takeBack = async () => {
        await this.#edits.store();
        const now = this.#datasets.find(silver.id)?.sentences ?? [];
        await this.#datasets.replace(silver.id, takenBack(now, sentences, before));
      };
      const undo = () => void this.#notices.guard(takeBack);
      this.#notices.done(`${String(changed)} sentences of “${silver.name}” have other labels now.${stay}`, {
        name: 'Undo',
        run: undo,
      });
    });
  }
}
