/**
 * A key that the outermost object of valid JSON `text` holds twice, or null. `JSON.parse` keeps the last one and says
 * nothing, so that one of two tensors of a name would vanish.
 */
export function duplicateKey(text: string): string | null {
  const seen = new Set<string>();
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    else if (character === '"') {
      const start = at;
      for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++;
      if (depth !== 1 || !isKey(text, at + 1)) continue;
      const key = String(JSON.parse(text.slice(start, at + 1)));
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return null;
}

/** Whether a colon comes next: the string before it is a key and not a value. */
function isKey(text: string, at: number): boolean {
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return text[at] === ':';
}
