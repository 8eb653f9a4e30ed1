import type { ErrorDetail } from '../../core/errors.ts';

/** What could be observed about a request that never got an answer. */
export interface NetworkFacts {
  /** The address that was asked. */
  readonly url: string;
  /** Origin of the page: `null` for one that was opened as a file; empty outside browsers. */
  readonly pageOrigin: string;
  readonly online: boolean;
  /** Whether the page's own policy has blocked a request to this origin. */
  readonly policyViolated: boolean;
  /** The browser's permission to reach local programs; null where it has none or does not tell. */
  readonly localPermission: 'granted' | 'denied' | 'prompt' | null;
  /** Whether the server answers a request whose answer nobody may read, sent without the key; null = not tried. */
  readonly probe: 'answered' | 'failed' | null;
  /** Code of the failed system call, such as ECONNREFUSED; empty in browsers, which do not tell. */
  readonly systemCode: string;
}

/** Why a request never reached its server. `undecided` comes with what it may be. */
export type NetworkCause =
  | 'policy'
  | 'mixed-content'
  | 'local-denied'
  | 'cors'
  | 'offline'
  | 'refused'
  | 'no-host'
  | 'certificate'
  | 'undecided';

export interface Diagnosis {
  readonly cause: NetworkCause;
  /** Facts for the sentence of `teacher-unreachable`. */
  readonly detail: ErrorDetail;
}

/** Causes that no waiting mends. */
const standing: readonly string[] = [
  'policy',
  'mixed-content',
  'local-denied',
  'cors',
  'certificate',
] satisfies NetworkCause[];

/** Whether another try may go better where a request was unreachable for this cause. */
export function mayPass(cause: string): boolean {
  return !standing.includes(cause);
}

/** `fetch` gives one TypeError for everything; this says from what else was seen what it was. */
export function diagnose(facts: NetworkFacts): Diagnosis {
  const { origin } = new URL(facts.url);
  const cause = causeOf(facts);
  const advice = cause === 'cors' ? corsAdvice(facts) : cause === 'undecided' ? candidates(facts) : '';
  const detail = { cause, origin, ...(advice !== '' && { advice }) };
  return { cause, detail };
}

const systemCauses: Readonly<Record<string, NetworkCause>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'no-host',
  EAI_AGAIN: 'no-host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
  CERT_HAS_EXPIRED: 'certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
};

function causeOf(facts: NetworkFacts): NetworkCause {
  const url = new URL(facts.url);
  if (facts.policyViolated) return 'policy';
  if (facts.pageOrigin.startsWith('https:') && url.protocol === 'http:' && !isLoopback(url)) return 'mixed-content';
  if (isLocal(url) && facts.localPermission === 'denied') return 'local-denied';
  if (facts.probe === 'answered') return 'cors';
  if (!facts.online && !isLocal(url)) return 'offline';
  return systemCauses[facts.systemCode] ?? 'undecided';
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || /^127\.|^\[::1\]$/.test(hostname);
}

/** This machine or the local network, by the address alone: private IPv4 (RFC 1918), link-local, unique local IPv6, `.local`. */
function isLocal(url: URL): boolean {
  const { hostname } = url;
  return (
    isLoopback(url) ||
    /^10\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\./.test(hostname) ||
    /^\[f[cd]|^\[fe80:/i.test(hostname) ||
    hostname.endsWith('.local')
  );
}

/** Servers by the port that they take unless told otherwise, and how each is made to allow a page. */
const servers: Readonly<Record<string, (origin: string) => string>> = {
  '11434': (origin) =>
    `Quit Ollama and start it again with OLLAMA_ORIGINS=${origin === 'null' ? '*' : origin} in its environment.`,
  '1234': () => 'In LM Studio’s server settings switch on “Enable CORS”, or start it with “lms server start --cors”.',
  '8000': (origin) =>
    `Start vLLM without --allowed-origins, or with --allowed-origins '["${origin === 'null' ? '*' : origin}"]'.`,
  '8080': (origin) => `Start llama-server with --cors-origins "${origin === 'null' ? '*' : origin}".`,
};

/** Of a page that was opened as a file, whose origin no server can name. */
const fromFile =
  'This page was opened as a file and has the origin “null”; opened by “vermeil serve” it has an address.';

function corsAdvice({ url, pageOrigin }: NetworkFacts): string {
  const { port } = new URL(url);
  const known = servers[port];
  const what =
    known === undefined
      ? `Have the server send “Access-Control-Allow-Origin: ${pageOrigin === 'null' ? '*' : pageOrigin}”, also to OPTIONS requests.`
      : known(pageOrigin);
  return pageOrigin === 'null' ? `${what} ${fromFile}` : what;
}

function candidates(facts: NetworkFacts): string {
  const url = new URL(facts.url);
  if (facts.pageOrigin === '')
    return 'See that the address is right and the server runs, and whether a proxy stands in between.';
  const may = [`the server does not run or the address is wrong: open ${url.origin} in a new tab`];
  if (isLocal(url) && facts.localPermission !== 'granted')
    may.push('the browser waits for your permission to reach the local network: look for its question');
  if (facts.pageOrigin.startsWith('https:') && url.protocol === 'http:')
    may.push('this browser allows no plain http from https, not even to this machine (Safari): use another browser');
  may.push(`the server does not allow this page (CORS): ${corsAdvice(facts)}`);
  may.push('an extension of the browser blocks it: try a private window');
  return `It may be that ${may.map((text, i) => `(${String(i + 1)}) ${text.replace(/\.$/, '')}`).join('; ')}.`;
}
