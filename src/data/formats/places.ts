import type { Finding, FindingCode } from '../types.ts';

/** Which sentence of a file stands on a line. */
export interface Places {
  /** The next sentence, which was read from the lines `first` to `last`. */
  add(id: string, first: number, last: number): void;
  /** A finding with the id of the one sentence that it is about; as it is where several stand on its line, or none. */
  about(finding: Finding): Finding;
}

/** Told once for a whole file, at the first line that shows it. */
const ofWholeFile: ReadonlySet<FindingCode> = new Set<FindingCode>(['scheme-converted', 'label-names-missing']);

/** A finding with the sentence that it is about, but for what concerns the whole file. */
export function aboutSentence(finding: Finding, sentence: string): Finding {
  return finding.sentence !== undefined || ofWholeFile.has(finding.code) ? finding : { ...finding, sentence };
}

/** Sentences come in the order of their lines. */
export function placesInFile(): Places {
  const [ids, firsts, lasts]: [string[], number[], number[]] = [[], [], []];

  /** The last sentence that begins on a line or before it, −1 for none. */
  function lastBegunBy(line: number): number {
    let [low, high] = [0, firsts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (firsts[middle]! <= line) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  return {
    add(id, first, last) {
      ids.push(id);
      firsts.push(first);
      lasts.push(last);
    },
    about(finding) {
      const at = lastBegunBy(finding.line);
      const isOne = at >= 0 && lasts[at]! >= finding.line && (at === 0 || lasts[at - 1]! < finding.line);
      return isOne ? aboutSentence(finding, ids[at]!) : finding;
    },
  };
}
