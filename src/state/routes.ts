/** The five places, in the order of the work. */
export const places = ['start', 'data', 'annotate', 'train', 'results'] as const;
export type Place = (typeof places)[number];

/** Where the app is: a place, and what is open in it (a run, a dataset), '' for nothing. */
export interface Route {
  readonly place: Place;
  readonly open: string;
}

/** The route of an address' hash such as `#/results/run-3`; what is unknown leads to Start. */
export function routeOf(hash: string): Route {
  const [name, open = ''] = hash.replace(/^#\/?/, '').split('/');
  const place = places.find((p) => p === name);
  return place === undefined ? { place: 'start', open: '' } : { place, open: decoded(open) };
}

/** The hash of a route; `routeOf` of it is the route again. */
export function hashOf(place: Place, open = ''): string {
  return open === '' ? `#/${place}` : `#/${place}/${encodeURIComponent(open)}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return ''; // a half-typed %-escape: nothing is open
  }
}
