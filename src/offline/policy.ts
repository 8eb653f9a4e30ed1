/** What a page's policy depends on. */
export interface PolicyInput {
  /** The hash of the one script inside the page, where the app is one file; null = its files lie beside the page. */
  readonly hash: string | null;
  /** Origins that the page may send requests to beside its own, e.g. `https://api.example.org`. */
  readonly endpoints: readonly string[];
}

/**
 * The Content-Security-Policy of the page and, by inheritance, of workers that it starts from blobs. `wasm-unsafe-eval` lets
 * WebAssembly compile; `blob:` lets workers start, and threads of the wasm kernels, whose scripts are made on the spot. Styles
 * may be inline, because Svelte and the charts set them on elements. `data:` is no request: the one-file app reads its wasm so.
 */
export function policyOf({ hash, endpoints }: PolicyInput): string {
  const own = hash === null ? ["'self'"] : [];
  const directive = (name: string, ...sources: readonly string[]) => [name, ...sources].join(' ');
  return [
    directive('default-src', own[0] ?? "'none'"),
    directive('script-src', hash ?? "'self'", "'wasm-unsafe-eval'", 'blob:'),
    directive('worker-src', ...own, 'blob:'),
    directive('connect-src', ...own, 'blob:', 'data:', ...endpoints),
    directive('style-src', ...own, "'unsafe-inline'"),
    directive('img-src', ...own, 'data:', 'blob:'),
    directive('object-src', "'none'"),
    directive('base-uri', own[0] ?? "'none'"),
    directive('form-action', "'none'"),
  ].join('; ');
}
