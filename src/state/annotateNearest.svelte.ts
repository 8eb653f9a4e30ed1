import { AppError } from '../core/errors.ts';
import type { Sentence } from '../data/types.ts';
import { nearestExamples, type Candidate } from '../llm/prompts/nearest.ts';
import type { PromptExample } from '../llm/prompts/template.ts';
import type { Recipe } from './annotateRecipe.ts';
import type { HeldDataset } from './datasets.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { Services } from './services.ts';

/** More gold than this is not compared with: each sentence is held against all of it. */
const mostGold = 1000;

/** What the nearest examples depend on, besides the sentences. */
export interface NearestOptions {
  readonly gold: readonly HeldDataset[];
  readonly count: number;
  readonly kept: ReadonlySet<string>;
}

/** Gold sentences as candidates for examples, in the order of the datasets. */
function goldOf({ gold, kept }: NearestOptions): readonly Sentence[] {
  const all = gold.flatMap(({ sentences }) => sentences);
  return all.filter(({ id, spans }) => spans !== null && !kept.has(id)).slice(0, mostGold);
}

/** Examples for each sentence by the embeddings of the checkpoint, which reads every text once. */
export class AnnotateNearest {
  /** How far the checkpoint has read, 0 … 1; null while it does not. */
  reading: number | null = $state(null);
  /** Embeddings `[H]` by text. */
  #vectors: ReadonlyMap<string, Float32Array> = $state.raw(new Map());

  readonly #services: Pick<Services, 'client' | 'checkpoint'>;
  readonly #notices: Notices;
  /** What was found for each text, as long as the options are the same. */
  #found = new Map<string, readonly PromptExample[]>();
  #foundFor = '';

  constructor(services: Pick<Services, 'client' | 'checkpoint'>, notices: Notices) {
    this.#services = services;
    this.#notices = notices;
  }

  /** The texts that the checkpoint has still to read. */
  missing(asked: readonly Sentence[], options: NearestOptions): readonly Sentence[] {
    const all = new Map([...goldOf(options), ...asked].map((sentence) => [sentence.text, sentence]));
    return [...all.values()].filter(({ text }) => !this.#vectors.has(text));
  }

  /** Throws `config-invalid` before all have been read. */
  check(asked: readonly Sentence[], options: NearestOptions): void {
    if (this.missing(asked, options).length === 0) return;
    const range = 'the same for every sentence, or found in step 3 first';
    throw new AppError('config-invalid', range, { field: 'examples', value: 'the nearest yet', range });
  }

  async read(asked: readonly Sentence[], options: NearestOptions): Promise<void> {
    if (this.reading !== null) return;
    this.reading = 0;
    await this.#notices.guard(async () => {
      const sentences = this.missing(asked, options).map(({ id, text, words }) => ({ id, text, words }));
      const request = { checkpointUrl: this.#services.checkpoint.url, sentences };
      const vectors = await this.#services.client.embed(request, (done, total) => {
        this.reading = done / total;
      });
      this.#vectors = new Map([...this.#vectors, ...sentences.map(({ text }, i) => [text, vectors[i]!] as const)]);
    });
    this.reading = null;
  }

  /** The examples of each sentence, the nearest last; none before all have been read. */
  examplesOf(asked: readonly Sentence[], options: NearestOptions): Pick<Recipe, 'examples' | 'shown'> {
    if (this.missing(asked, options).length > 0) return { examples: [], shown: {} };
    const gold = goldOf(options);
    const key = JSON.stringify([options.count, gold]);
    if (this.#foundFor !== key) this.#found = new Map();
    this.#foundFor = key;
    const candidates = gold.map((sentence): Candidate => ({ sentence, vector: this.#vectors.get(sentence.text)! }));
    const pool = new Map<string, PromptExample>();
    const shown: Record<string, readonly string[]> = {};
    for (const { id, text } of asked) {
      const near =
        this.#found.get(text) ??
        nearestExamples({ id, text, vector: this.#vectors.get(text)! }, candidates, options.count, options.kept);
      this.#found.set(text, near);
      shown[id] = near.map((example) => example.id);
      for (const example of near) pool.set(example.id, example);
    }
    return { examples: [...pool.values()], shown };
  }
}
