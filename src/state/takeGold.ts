import type { Sentence } from '../data/types.ts';
import type { DatasetsState, HeldDataset } from './datasets.svelte.ts';
import { takenInto, type Taken, type WhereThere } from './editGold.ts';
import type { EditsState } from './edits.svelte.ts';

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
  await edits.store(); // so that no edit of the gold dataset is still on its way
  const gold = datasets.find(goldId);
  const taken = takenInto(gold?.sentences ?? [], sentences, whereThere);
  if (gold !== undefined) {
    await datasets.replace(goldId, taken.sentences);
    const undo = async () => {
      await edits.store();
      const now = datasets.find(goldId)?.sentences;
      if (now !== undefined) await datasets.replace(goldId, taken.without(now));
    };
    return { ...taken, into: gold.name, undo };
  }
  const into = `${from.name}, gold`;
  const made = { from: [from.name], how: 'taken into gold' };
  const source = { fileName: '', format: '', made };
  const { notice } = from;
  const [id] = await datasets.add([
    { name: into, role: 'gold', sentences: taken.sentences, findings: [], source, notice },
  ]);
  const undo = async () => {
    if (id !== undefined) await datasets.remove(id);
  };
  return { ...taken, into, undo };
}
