import { uncertaintyOf } from '../llm/quality/choose.ts';
import type { Client } from '../worker/client.ts';
import type { Predictions } from './annotateSentences.ts';
import type { HeldDataset } from './datasets.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { Sentence } from '../data/types.ts';

/** What a trained model says of the sentences that could be asked about, to choose among them by that. */
export class AnnotatePredictions {
  found: Predictions | null = $state.raw(null);
  /** How far a model has read the sentences, 0 … 1; null while none does. */
  reading: number | null = $state(null);

  readonly #client: Pick<Client, 'predictSurely'>;
  readonly #notices: Notices;

  constructor(client: Pick<Client, 'predictSurely'>, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
  }

  async read(runId: string, dataset: HeldDataset, sentences: readonly Sentence[]): Promise<void> {
    if (this.reading !== null) return;
    this.reading = 0;
    await this.#notices.guard(async () => {
      const { spans, probabilities } = await this.#client.predictSurely(runId, sentences, (done, total) => {
        this.reading = done / total;
      });
      this.found = {
        ...{ runId, datasetId: dataset.id },
        spans: new Map(sentences.map(({ id }, i) => [id, spans[i] ?? []])),
        uncertainty: new Map(sentences.map(({ id }, i) => [id, uncertaintyOf(probabilities[i] ?? [])])),
      };
    });
    this.reading = null;
  }
}
