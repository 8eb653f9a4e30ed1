/** The five places, in the order of the work. */
export const places = ['start', 'data', 'annotate', 'train', 'results'] as const;
export type Place = (typeof places)[number];

/** The places, and what lies beside the work: reached by a link, and in no rail. */
export const pages = [...places, 'diagnostics'] as const;
export type PageName = (typeof pages)[number];

/** Where the app is: a page, and what is open in it (a run, a dataset), '' for nothing. */
export interface Route {
  readonly place: PageName;
  readonly open: string;
  /** How it is looked at, as a query string such as `label=PER`; absent for nothing. */
  readonly query?: string;
}

/** The route of an address' hash such as `#/results/run-3`; what is unknown leads to Start. */
export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [name, open = ''] = path.split('/');
  const place = pages.find((p) => p === name);
  if (place === undefined) return { place: 'start', open: '' };
  return { place, open: decoded(open), ...(query !== '' && { query }) };
}

/** The hash of a route; `routeOf` of it is the route again. */
export function hashOf(place: PageName, open = '', query = ''): string {
  const path = open === '' ? `#/${place}` : `#/${place}/${encodeURIComponent(open)}`;
  return query === '' ? path : `${path}?${query}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return ''; // a half-typed %-escape: nothing is open
  }
}
