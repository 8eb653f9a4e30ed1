import type { Sentence } from '../data/types.ts';
import { dataDigest } from '../run/dataDigest.ts';
import { factsOf, type DataByRole, type DataFacts } from '../run/experiment/facts.ts';
import type { Database } from './database.ts';
import { listDatasets, sentencesOf } from './datasets.ts';
import type { StoredRun } from './runs.ts';

type OfRun = Pick<StoredRun, 'datasets' | 'record'> & { readonly facts?: DataFacts | null };

/**
 * What is known of a run's data: by the datasets that are here, where they still are what it was trained on, else what came
 * with the run; null where there is neither.
 */
export async function factsOfRun(
  database: Database,
  { datasets, record, facts = null }: OfRun,
): Promise<DataFacts | null> {
  if (record === null) return null;
  const labelled = async (ids: readonly string[]) => {
    const all = await Promise.all(ids.map((id) => sentencesOf(database, id)));
    return all.flat().filter(({ spans }) => spans !== null);
  };
  const data: DataByRole = {
    silver: await labelled(datasets.silver),
    gold: await labelled(datasets.gold),
    dev: await labelled(datasets.dev),
    test: await labelled(datasets.test),
  };
  if (dataDigest(data) !== record.digests.data) return facts;
  const used = new Set(Object.values(datasets).flat());
  const beside = (await listDatasets(database)).filter(({ id }) => !used.has(id)).map(({ id }) => id);
  return factsOf(data, (await labelled(beside)).filter(isByTeacher));
}

/** Labels that a teacher gave to sentences that were not trained on tell how good it is all the same. */
function isByTeacher({ authors }: Sentence): boolean {
  return authors?.all.kind === 'teacher';
}
