import type { Sentence } from '../data/types.ts';

/** Sentences as they were read, by the objects that are known of the same content. */
export function sameObjects(read: readonly Sentence[], known: readonly Sentence[]): readonly Sentence[] {
  const byId = new Map(known.map((one) => [one.id, one]));
  return read.map((one, i) => {
    const json = JSON.stringify(one);
    return [known[i], byId.get(one.id)].find((held) => held?.id === one.id && JSON.stringify(held) === json) ?? one;
  });
}

/** Sentences with what was edited of others since: by id, for the places may differ. */
export function withEdits(
  sentences: readonly Sentence[],
  before: readonly Sentence[],
  now: readonly Sentence[],
): readonly Sentence[] {
  const edited = new Map(now.flatMap((one, i) => (one === before[i] ? [] : [[one.id, one] as const])));
  return sentences.map((one) => edited.get(one.id) ?? one);
}
