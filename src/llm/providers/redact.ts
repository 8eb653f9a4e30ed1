/** What stands where a key was. */
const hidden = '•••';

/** What keys of known providers look like, whole or shortened as their own messages show them (`sk-ab***yz`). */
const keyLike = /\b(?:sk-[\w*.-]{6,}|AIza[\w*-]{10,})/g;

/**
 * A text without the key: as it is, as an address or JSON would write it, and anything that looks like a key of a known
 * provider. A text that comes from a server is put through this before anything else sees it.
 */
export function redact(text: string, key: string): string {
  let clean = text;
  if (key !== '') {
    const forms = new Set([key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)]);
    for (const form of forms) clean = clean.replaceAll(form, hidden);
  }
  return clean.replace(keyLike, hidden);
}
