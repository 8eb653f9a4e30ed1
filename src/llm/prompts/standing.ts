/** How far a prompt's score on a probe may be believed. */
export type Standing =
  /** It was the only one tried: nothing was picked. */
  | { readonly kind: 'untouched' }
  /** It did best of several on the same probe: its score there is flattered. */
  | { readonly kind: 'optimistic'; readonly tried: number }
  /** It did best of several, and was measured again on gold that had no part in the choice. */
  | { readonly kind: 'confirmed'; readonly tried: number; readonly sentences: number };

/** What was done with a probe: which prompts (by hash) were scored on it, and on which sentences (by id). */
export interface ProbeUse {
  readonly promptHash: string;
  readonly sentences: readonly string[];
}

/** Confirming takes at least this many sentences that no prompt was chosen on. */
const leastConfirming = 30;

/**
 * How far the score of a prompt may be believed after all that was scored. `uses` are in the order in which they happened;
 * sentences count as untouched for a prompt where no other prompt was scored on them before it or since.
 */
export function standingOf(promptHash: string, uses: readonly ProbeUse[]): Standing {
  const tried = new Set(uses.map((use) => use.promptHash)).size;
  const mine = new Set(uses.filter((use) => use.promptHash === promptHash).flatMap((use) => use.sentences));
  const others = new Set(uses.filter((use) => use.promptHash !== promptHash).flatMap((use) => use.sentences));
  if (![...mine].some((id) => others.has(id))) return { kind: 'untouched' };
  const sentences = [...mine].filter((id) => !others.has(id)).length;
  return sentences >= leastConfirming ? { kind: 'confirmed', tried, sentences } : { kind: 'optimistic', tried };
}

/** The standing as a sentence to stand beside the score. */
export function standingInWords(standing: Standing): string {
  switch (standing.kind) {
    case 'untouched':
      return 'No other prompt was tried on these sentences: the score is as it is.';
    case 'optimistic':
      return `This prompt is one of ${String(standing.tried)} that were tried on the same sentences, so its score is optimistic. Score it on at least ${String(leastConfirming)} gold sentences that none was tried on.`;
    case 'confirmed':
      return `This prompt is one of ${String(standing.tried)} that were tried; it was scored again on ${String(standing.sentences)} gold sentences that had no part in the choice. Believe that score.`;
  }
}
