import { isRecord } from '../../core/decode.ts';
import { messageOf } from '../../core/errors.ts';
import type { HttpRequest } from './provider.ts';
import type { HttpResponse } from './respond.ts';

/** What sending gave. `cut`: the head of a response came, and its body did not come whole. */
export type Sent =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'cut'; readonly message: string }
  | { readonly kind: 'unreachable'; readonly message: string; readonly systemCode: string };

/**
 * Sends one request and reads its whole response within `timeoutMs`. Throws only where `signal` is aborted. No cookies, no
 * referrer, no cache; redirections are not followed, for a header that holds a key would be sent along.
 */
export async function send(
  fetcher: typeof fetch,
  { method, url, headers, body }: HttpRequest,
  timeoutMs: number,
  signal: AbortSignal,
  today: () => number = Date.now,
): Promise<Sent> {
  signal.throwIfAborted();
  const ending = new AbortController();
  const end = () => ending.abort();
  signal.addEventListener('abort', end);
  const timer = setTimeout(end, timeoutMs);
  let began = false;
  try {
    const response = await fetcher(url, {
      method,
      headers,
      body,
      signal: ending.signal,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      redirect: 'manual',
    });
    began = true;
    const text = await response.text();
    const { status } = response;
    const retryAfterMs = waitOf(response.headers.get('retry-after'), today());
    return { kind: 'response', response: { status, retryAfterMs, body: text } };
  } catch (error) {
    signal.throwIfAborted();
    if (ending.signal.aborted) return { kind: 'timeout' };
    const message = messageOf(error);
    const systemCode = systemCodeOf(error);
    // A connection that breaks before the head of the response came may have been heard all the same.
    const broken = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(systemCode);
    return began || broken ? { kind: 'cut', message } : { kind: 'unreachable', message, systemCode };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), in milliseconds from now; null for anything else. */
export function waitOf(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = /[a-z]/i.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** Node's fetch puts the failed system call into `cause`, one deeper where several addresses were tried. */
function systemCodeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!isRecord(cause) && !(cause instanceof Error)) return '';
  const { code, errors } = cause as { code?: unknown; errors?: unknown };
  const inner: unknown = Array.isArray(errors) ? (errors[0] as { code?: unknown }).code : undefined;
  const found = code ?? inner;
  return typeof found === 'string' ? found : '';
}
