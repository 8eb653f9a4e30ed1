import type { Window } from './windows.ts';

/** The label of a piece that counts for neither loss nor score, as in PyTorch's `ignore_index`. */
export const ignored = -100;

/** Tag numbers of a window's pieces, [T]: the word's at the first pieces that the window lists, −100 elsewhere. */
export function labelIds(window: Window, wordTags: Int32Array): Int32Array {
  const labels = new Int32Array(window.ids.length).fill(ignored);
  for (const { word, position } of window.firstPieces) labels[position] = wordTags[word]!;
  return labels;
}
