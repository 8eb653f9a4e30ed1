/** Origins only, never a path and never a key. */
const key = 'vermeil-endpoints';

/**
 * The origin of an address where it may be sent to: http or https; null for anything else. What it gives holds no blank, quote
 * or semicolon, so that nothing stored can add a directive to the policy.
 */
export function originOf(address: string): string | null {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  return (url.protocol === 'https:' || url.protocol === 'http:') && /^[\w.:/[\]-]+$/.test(url.origin)
    ? url.origin
    : null;
}

/** The origins that the person has approved as endpoints of a teacher, in the order of approval. */
export function approvedOrigins(): readonly string[] {
  let stored: unknown;
  try {
    stored = JSON.parse(localStorage.getItem(key) ?? '[]');
  } catch {
    return []; // no storage here, or a value of someone else
  }
  if (!Array.isArray(stored)) return [];
  return stored.filter((one): one is string => typeof one === 'string' && originOf(one) === one);
}

/** Approves the origin of an address, from the next load of the page on. Throws a RangeError for what is no http address. */
export function approveOrigin(address: string): void {
  const origin = originOf(address);
  if (origin === null) throw new RangeError(`${address} is no http or https address`);
  const known = approvedOrigins();
  if (!known.includes(origin)) localStorage.setItem(key, JSON.stringify([...known, origin]));
}

/** Takes an approval back, from the next load of the page on. */
export function withdrawOrigin(address: string): void {
  const left = approvedOrigins().filter((known) => known !== originOf(address));
  localStorage.setItem(key, JSON.stringify(left));
}

/** Whether this page, as it was loaded, may send requests to an address: false asks for a reload or an approval. */
export function isInForce(address: string): boolean {
  const origin = originOf(address);
  const meta = document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]');
  if (meta === null) return true; // the development server sets no policy
  const connect = meta.content.split('; ').find((directive) => directive.startsWith('connect-src ')) ?? '';
  return origin !== null && (connect.split(' ').includes(origin) || origin === location.origin);
}
