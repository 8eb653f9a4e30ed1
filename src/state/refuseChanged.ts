import { AppError } from '../core/errors.ts';
import type { DatasetsState, HeldDataset } from './datasets.svelte.ts';

/** Taking a step back must not take later work with it. Throws `data-invalid` where a dataset is no longer as it was made. */
export function refuseChanged(
  datasets: Pick<DatasetsState, 'find'>,
  made: readonly Pick<HeldDataset, 'id' | 'name' | 'sentences'>[],
): void {
  const changed = made.find(({ id, sentences }) => {
    const now = datasets.find(id);
    return now !== undefined && now.sentences !== sentences;
  });
  if (changed === undefined) return;
  const reason = `“${changed.name}” was changed since, and the change would be lost`;
  throw new AppError('data-invalid', reason, { reason });
}
