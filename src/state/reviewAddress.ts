/** A sentence under review. */
export interface UnderReview {
  readonly datasetId: string;
  readonly sentenceId: string;
}

/** The sentence under review that the query of an address names; null for none. */
export function reviewedIn(query: string): UnderReview | null {
  const said = new URLSearchParams(query);
  const datasetId = said.get('review');
  return datasetId === null || datasetId === '' ? null : { datasetId, sentenceId: said.get('at') ?? '' };
}

/** A query with another sentence under review, or none; the rest of it stays. */
export function reviewAddress(query: string, at: UnderReview | null): string {
  const said = new URLSearchParams(query);
  said.delete('review');
  said.delete('at');
  if (at !== null) {
    said.set('review', at.datasetId);
    said.set('at', at.sentenceId);
  }
  return said.toString();
}
