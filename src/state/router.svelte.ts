import { hashOf, routeOf, type PageName, type Route } from './routes.ts';

/** The address as state. Hash routes, so that back, reload and file:// work without a server's help. */
export class Router {
  route: Route = $state.raw({ place: 'start', open: '' });
  /** How often the place changed: the shell moves the focus after the first time only. */
  changes = $state(0);
  /** How often an address was come to by a link, by typing, or by going back. */
  arrivals = $state(0);

  constructor() {
    this.route = routeOf(location.hash);
    addEventListener('hashchange', () => {
      const next = routeOf(location.hash);
      if (next.place !== this.route.place) this.changes++;
      this.route = next;
      this.arrivals++;
    });
  }

  /** Keeps in the address how the present place is looked at: a reload lands there, and going back skips it. */
  look(query: string): void {
    const { place, open } = this.route;
    history.replaceState(history.state, '', hashOf(place, open, query));
    this.route = routeOf(location.hash);
  }

  go(place: PageName, open = ''): void {
    location.hash = hashOf(place, open);
  }
}
