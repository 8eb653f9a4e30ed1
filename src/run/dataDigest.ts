import { digestJson } from '../core/hash.ts';
import { tagsOf } from '../data/labels.ts';
import type { Sentence } from '../data/types.ts';

export const dataRoles = ['silver', 'gold', 'dev', 'test'] as const;
export type DataRole = (typeof dataRoles)[number];

/** How many labelled sentences a source has, and the digest of them. */
export interface SourceDigest {
  readonly sentences: number;
  readonly digest: string;
}

export type SourceDigests = Readonly<Record<DataRole, SourceDigest>>;

type Data = Readonly<Record<DataRole, readonly Sentence[]>>;

const labelled = (sentences: readonly Sentence[]) => sentences.filter(({ spans }) => spans !== null);

/** Tags of all labels of a run's data, sorted: the tag set does not depend on which of them a regimen uses. */
export function tagsOfData(data: Data): readonly string[] {
  const labels = new Set<string>();
  for (const role of dataRoles)
    for (const sentence of data[role]) for (const span of sentence.spans ?? []) labels.add(span.label);
  return tagsOf([...labels].sort());
}

/** Digest of the data that decide how a run is trained: all but the sentences of test, whose labels count for the tags. */
export function dataDigest(data: Data): string {
  return digestJson([tagsOfData(data), labelled(data.silver), labelled(data.gold), data.dev]);
}

/** The same of one source. */
export function sourceDigest(all: readonly Sentence[]): SourceDigest {
  const sentences = labelled(all);
  return { sentences: sentences.length, digest: digestJson(sentences) };
}

/** The same by source, to tell which of them is another. */
export function sourceDigests({ silver, gold, dev, test }: Data): SourceDigests {
  const of = sourceDigest;
  return { silver: of(silver), gold: of(gold), dev: of(dev), test: of(test) };
}
