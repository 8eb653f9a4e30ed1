import type { App } from './app.svelte.ts';
import { BatchState } from './batch.svelte.ts';
import { QualityState } from './quality.svelte.ts';
import { VotesState } from './qualityVotes.svelte.ts';
import { answerSource } from './reviewSource.ts';
import { ReviewState } from './review.svelte.ts';

/** What a teacher's answers come in by, and are judged, voted on and reviewed with. */
export interface Judging {
  readonly batch: BatchState;
  readonly quality: QualityState;
  readonly votes: VotesState;
  readonly review: ReviewState;
}

const made = new WeakMap<App, Judging>();

/**
 * One for the life of the app, made when a place first needs it: the first page loads without any of this. Under a root of its
 * own, since what is derived inside a component ends with the component.
 */
export function judgingOf(app: App): Judging {
  const known = made.get(app);
  if (known !== undefined) return known;
  $effect.root(() => {
    made.set(app, judgingFor(app));
  });
  const judging = made.get(app)!;
  void app.notices.guard(() => judging.quality.load());
  return judging;
}

function judgingFor({ services, datasets, edits, annotate, teacher, notices }: App): Judging {
  const quality = new QualityState(services, datasets, annotate.jobs, teacher);
  return {
    quality,
    batch: new BatchState(services, datasets, annotate),
    votes: new VotesState(services, datasets, edits, annotate.jobs, quality, notices),
    review: new ReviewState(datasets, edits, answerSource(services, datasets, teacher, annotate.jobs)),
  };
}
