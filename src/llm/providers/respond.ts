import { parseJson, preview } from '../../core/decode.ts';
import type { TeacherErrorCode } from '../../core/errors.ts';
import type { HttpProvider, ProviderError, Reply, TeacherFailure, TeacherSettings } from './provider.ts';
import { redactKeyLike } from './redact.ts';

/** A whole response as it came. */
export interface HttpResponse {
  readonly status: number;
  /** Of `Retry-After`; null where it is absent, or where the server does not let pages read it. */
  readonly retryAfterMs: number | null;
  readonly body: string;
}

/** The part of the provider's own message that is shown. */
const shownCharacters = 300;

/** Reads a response: the answer, or why it is none. */
export function readResponse(provider: HttpProvider, settings: TeacherSettings, response: HttpResponse): Reply {
  const { status, body } = response;
  const parsed = parseJson(body);
  if (status >= 200 && status < 300) {
    const answer = parsed.ok ? provider.readAnswer(parsed.value) : null;
    if (answer !== null) return { ok: true, answer };
    return failed(unreadable(body, parsed.ok, true));
  }
  // Redirections are not followed: they could carry the key to another place.
  if (status === 0 || (status >= 300 && status < 400)) {
    return failed({ ...notFound(settings, 'the address sends on to another'), retryAfterMs: null });
  }
  const error = provider.readError(parsed.ok ? parsed.value : undefined);
  // A proxy before the server answers in HTML; its status still says most. A page in place of an interface does not.
  if (!parsed.ok && status < 500 && status !== 429 && looksLikeHtml(body))
    return failed(unreadable(body, false, false));
  const code = codeOf(status, error);
  const said = preview(redactKeyLike(error.message), shownCharacters);
  const facts = { status, said, ...(code === 'teacher-parameter' && { parameter: parameterOf(error) }) };
  const detail = code === 'teacher-not-found' ? { ...facts, ...notFound(settings, said).detail } : facts;
  return failed({
    code,
    message: `status ${String(status)}${said === '' ? '' : `: ${said}`}`,
    detail,
    retryAfterMs: response.retryAfterMs ?? error.retryAfterMs,
    mayBeCharged: status >= 500 && code === 'teacher-server',
  });
}

function failed(failure: TeacherFailure): Reply {
  return { ok: false, failure };
}

const quotaKinds = ['insufficient_quota', 'billing_error', 'billing_hard_limit_reached', 'quota_per_day'];
const keyKinds = ['invalid_api_key', 'authentication_error', 'api_key_invalid'];

/** What a failed request is about: by the words of the provider where they say more than the status. */
function codeOf(status: number, error: ProviderError): TeacherErrorCode {
  const { kinds } = error;
  const is = (known: readonly string[]) => kinds.some((kind) => known.includes(kind));
  if (status === 402 || is(quotaKinds) || /credit balance is too low/i.test(error.message)) return 'teacher-quota';
  if (status === 401 || is(keyKinds) || /api key not valid/i.test(error.message)) return 'teacher-key';
  if (status === 403) return 'teacher-forbidden';
  if (status === 404) return 'teacher-not-found';
  if (status === 429) return 'teacher-rate';
  if (status === 529 || status === 503 || is(['overloaded_error'])) return 'teacher-busy';
  if (status === 408 || status === 504) return 'teacher-server';
  if (status >= 500) return 'teacher-server';
  if (is(['model_not_found'])) return 'teacher-not-found';
  return parameterOf(error) === '' ? 'teacher-request' : 'teacher-parameter';
}

/** Fields that hold the question itself are no settings. */
const notSettings = /^(?:messages|contents|model|system|prompt)\b/;

function parameterOf({ parameter, message }: ProviderError): string {
  const named =
    parameter || (/(?:unsupported (?:parameter|value)|unrecognized[^:]*):? '?([\w.]+)'?/i.exec(message)?.[1] ?? '');
  return notSettings.test(named) ? '' : named;
}

function notFound({ model, endpoint }: TeacherSettings, said: string): TeacherFailure {
  return {
    code: 'teacher-not-found',
    message: said,
    detail: { model, origin: new URL(endpoint).origin, said },
    retryAfterMs: null,
    mayBeCharged: false,
  };
}

function looksLikeHtml(body: string): boolean {
  return /^\s*<(?:!doctype|html|head|body)/i.test(body);
}

function unreadable(body: string, isJson: boolean, mayBeCharged: boolean): TeacherFailure {
  const seen = looksLikeHtml(body)
    ? 'a web page'
    : body.trim() === ''
      ? 'nothing at all'
      : isJson
        ? 'JSON of another form'
        : 'JSON that breaks off, or no JSON';
  return { code: 'teacher-unreadable', message: seen, detail: { seen }, retryAfterMs: null, mayBeCharged };
}
