/** What stands where a key was. */
const hidden = '•••';

/** What keys of known providers look like, whole or shortened as their own messages show them (`sk-ab***yz`). */
const keyLike = /\b(?:sk-[\w*.-]{5,}[\w*]|AIza[\w*-]{10,})/g;

/**
 * Shorter words are no secrets: they stand in where a server wants no key (`ollama`, `EMPTY`, `x`), and are found in answers,
 * names of models and addresses, none of which may be cut for that.
 */
const leastSecret = 8;

/** A key as it is, as an address and as JSON would write it; none for what is no secret. */
function formsOf(key: string): readonly string[] {
  return key.length < leastSecret ? [] : [...new Set([key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)])];
}

/** A text without the key. All that comes from a server is put through this before anything else sees it. */
export function redact(text: string, key: string): string {
  return formsOf(key).reduce((clean, form) => clean.replaceAll(form, hidden), text);
}

/** Whether a text that is to be stored holds one of the keys. */
export function holdsKey(text: string, keys: readonly string[]): boolean {
  return keys.some((key) => formsOf(key).some((form) => text.includes(form)));
}

/** A message of a provider without anything that looks like a key. Not for answers, where such a word may be meant. */
export function redactKeyLike(message: string): string {
  return message.replace(keyLike, hidden);
}
