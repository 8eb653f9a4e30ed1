import type { Sentence } from '../data/types.ts';
import type { DatasetsState, HeldDataset } from './datasets.svelte.ts';
import { takenInto, type Taken, type WhereThere } from './editGold.ts';
import type { EditsState } from './edits.svelte.ts';
import { madeFrom } from './splitPlan.ts';

export interface TakenGold extends Pick<Taken, 'added' | 'replaced' | 'kept' | 'unlabelled'> {
  /** The name of the gold dataset. */
  readonly into: string;
  undo(): Promise<void>;
}

/** Datasets that sentences of another can be taken into. */
export function goldBeside(datasets: DatasetsState, from: HeldDataset): readonly HeldDataset[] {
  return datasets.list.filter(({ id, role }) => role === 'gold' && id !== from.id);
}

/** Copies sentences into a gold dataset, or into a new one where `goldId` is ''. Throws what storage throws. */
export async function takeIntoGold(
  datasets: DatasetsState,
  edits: EditsState,
  from: HeldDataset,
  sentences: readonly Sentence[],
  goldId: string,
  whereThere: WhereThere,
): Promise<TakenGold> {
  await edits.settle(); // so that no edit of the gold dataset is still on its way
  await datasets.reread(goldId); // another tab may have added to it
  const gold = datasets.find(goldId);
  const taken = takenInto(gold?.sentences ?? [], sentences, whereThere);
  const into = gold?.name ?? `${from.name}, gold`;
  let id = goldId;
  if (gold === undefined) {
    const made = madeFrom([from], 'taken into gold', { name: into, role: 'gold', sentences: taken.sentences });
    id = (await datasets.add([made]))[0]!;
  } else await datasets.replace(id, taken.sentences);
  const undo = async () => {
    await edits.settle();
    await datasets.reread(id);
    const now = datasets.find(id)?.sentences;
    if (now === undefined) return;
    const left = taken.without(now);
    // A dataset that was made for these goes with them, unless it has come to hold other work.
    if (gold === undefined && left.length === 0) await datasets.remove(id);
    else await datasets.replace(id, left);
  };
  return { ...taken, into, undo };
}
