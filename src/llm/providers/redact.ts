/** What stands where a key was. */
const hidden = '•••';

/** What keys of known providers look like, whole or shortened as their own messages show them (`sk-ab***yz`). */
const keyLike = /\b(?:sk-[\w*.-]{5,}[\w*]|AIza[\w*-]{10,})/g;

/**
 * A text without the key, be it as it is, as an address or as JSON would write it. All that comes from a server is put
 * through this before anything else sees it.
 */
export function redact(text: string, key: string): string {
  if (key === '') return text;
  const forms = new Set([key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)]);
  return [...forms].reduce((clean, form) => clean.replaceAll(form, hidden), text);
}

/** A message of a provider without anything that looks like a key. Not for answers, where such a word may be meant. */
export function redactKeyLike(message: string): string {
  return message.replace(keyLike, hidden);
}
