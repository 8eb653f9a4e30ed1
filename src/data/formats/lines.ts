/** Lines of a text, whichever of CR LF, LF and CR ends them; other separators that Python's `splitlines` knows stay inside. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Runs of ASCII space and TAB are one separator; no other white space is, for words may hold it. */
export function columnsOf(line: string): string[] {
  const trimmed = line.replace(/^[ \t]+|[ \t]+$/g, '');
  return trimmed === '' ? [] : trimmed.split(/[ \t]+/);
}
