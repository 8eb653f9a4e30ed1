import type { Network } from '../llm/providers/httpTeacher.ts';

/** What a page or worker offers to find out why a request failed; tests hand in another. */
export interface NetworkScope {
  readonly fetch: typeof fetch;
  /** Origin that servers see: `null` for a page that was opened as a file. */
  readonly origin: string;
  readonly online: () => boolean;
  /** Missing in insecure contexts and in some browsers' workers. */
  readonly permissions: Pick<Permissions, 'query'> | undefined;
  /** Tells of every request that the page's own policy has blocked. */
  readonly onPolicyViolation: (listener: (blockedUrl: string) => void) => void;
  /** Tells of every response that came and was withheld, because the page is cross-origin isolated (COEP). */
  readonly onWithheld: (listener: (url: string) => void) => void;
}

/** How long a probe may take. */
const probeMs = 5000;

/** How long after a probe its withheld response may be told: reports come by another way than the failure. */
const withheldMs = 500;

/**
 * Names of the permission for programs on this machine or in the local network: Chrome has had two since 145, one from 142
 * to 144, and other browsers have none, for which `query` throws.
 */
const permissionNames = ['loopback-network', 'local-network', 'local-network-access'];

/** The network as a browser shows it. Nothing beside the endpoint's origin is asked, and that without the key. */
export function browserNetwork(scope: NetworkScope): Network {
  const blocked = new Set<string>();
  const withheld = new Set<string>();
  scope.onWithheld((url) => {
    if (URL.canParse(url)) withheld.add(new URL(url).origin);
  });
  scope.onPolicyViolation((url) => {
    if (URL.canParse(url)) blocked.add(new URL(url).origin);
  });
  return {
    fetch: scope.fetch,
    async observe(url, systemCode) {
      await new Promise((resolve) => setTimeout(resolve, 0)); // the violation is told in a task of its own
      const { origin } = new URL(url);
      const policyViolated = blocked.has(origin);
      return {
        url,
        systemCode,
        pageOrigin: scope.origin,
        online: scope.online(),
        policyViolated,
        localPermission: await localPermission(scope),
        probe: policyViolated ? null : await probe(scope, origin, withheld),
      };
    },
  };
}

/** Denied where any of them is; null where the browser knows none. */
async function localPermission({ permissions }: NetworkScope): Promise<'granted' | 'denied' | 'prompt' | null> {
  const states: string[] = [];
  for (const name of permissionNames) {
    const found = await permissions?.query({ name: name as PermissionName }).catch(() => null);
    if (found !== null && found !== undefined) states.push(found.state);
  }
  return (['denied', 'prompt', 'granted'] as const).find((state) => states.includes(state)) ?? null;
}

/**
 * Whether the server answers at all: an opaque response does not say what, which is why it needs no leave. A page that is
 * cross-origin isolated, as `vermeil serve` makes it, is refused even that where the server sends no
 * `Cross-Origin-Resource-Policy`; Chromium reports that it came (ReportingObserver, type `coep`), other browsers do not.
 */
async function probe(
  { fetch: ask }: NetworkScope,
  origin: string,
  withheld: Set<string>,
): Promise<'answered' | 'failed'> {
  withheld.delete(origin);
  try {
    await ask(`${origin}/`, {
      mode: 'no-cors',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(probeMs),
    });
    return 'answered';
  } catch {
    for (let waited = 0; waited < withheldMs && !withheld.has(origin); waited += 20)
      await new Promise((resolve) => setTimeout(resolve, 20));
    return withheld.has(origin) ? 'answered' : 'failed';
  }
}
