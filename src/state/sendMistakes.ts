import type { Sentence } from '../data/types.ts';
import type { DatasetsState } from './datasets.svelte.ts';
import { madeFrom } from './splitPlan.ts';

/** Where sentences that a model got wrong are looked at again: as they are, or by a teacher that sees no labels. */
export type SendTo = 'data' | 'annotate';

/**
 * Makes a dataset of sentences of test that a run got wrong, and gives its id and how to take it back. No run trains on it by
 * itself: it is put aside, or has no labels yet. Throws what storage throws.
 */
export async function sendMistakes(
  datasets: DatasetsState,
  run: { readonly name: string; readonly datasets: { readonly test: readonly string[] } },
  sentences: readonly Sentence[],
  to: SendTo,
): Promise<{ readonly id: string; readonly name: string; undo(): Promise<void> }> {
  const name = `Mistakes of ${run.name}`;
  const from = datasets.list.filter(({ id }) => run.datasets.test.includes(id));
  const made =
    to === 'data'
      ? ({ name, role: 'aside', sentences } as const)
      : ({ name, role: 'unlabelled', sentences: sentences.map(unlabelled) } as const);
  const [id = ''] = await datasets.add([madeFrom(from, `what “${run.name}” got wrong on test`, made)]);
  return {
    id,
    name,
    undo: async () => {
      await datasets.remove(id);
    },
  };
}

function unlabelled({ id, text, words, meta }: Sentence): Sentence {
  return { id, text, words, spans: null, ...(meta !== undefined && { meta }) };
}
