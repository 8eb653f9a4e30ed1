import { lineCutter, piecesOf } from './cut.ts';

/** Lines of a text, whichever of CR LF, LF and CR ends them; other separators that Python's `splitlines` knows stay inside. */
export function linesOf(text: string): string[] {
  return piecesOf(lineCutter(), text).map((piece) => piece.text);
}
