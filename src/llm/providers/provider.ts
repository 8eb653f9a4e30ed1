import type { ErrorDetail, TeacherErrorCode } from '../../core/errors.ts';

export type HttpProviderId = 'openai' | 'anthropic' | 'gemini';
/** Providers without a network: answers that were recorded before, and gold with the mistakes of a measured teacher. */
export type LocalProviderId = 'recorded' | 'simulated';
export type ProviderId = HttpProviderId | LocalProviderId;

/** What is put to a teacher; `renderPrompt` makes it. */
export interface PromptText {
  /** Empty where the prompt has no system part. */
  readonly system: string;
  readonly user: string;
  /** SHA-256 in hex of what is sent here, as `renderPrompt` gives it. */
  readonly hash: string;
  /** JSON schema of the answer; null where the form is left to the prompt, as for free reasoning. */
  readonly structured: object | null;
}

/** One question: a sentence's prompt, for the n-th time where several samples are taken. */
export interface Question {
  readonly sentenceId: string;
  /** From 0. */
  readonly sample: number;
  readonly prompt: PromptText;
}

/** How a teacher is asked over the network. A parameter that is null is not sent. Never holds a key. */
export interface TeacherSettings {
  /** Base address, such as `https://api.openai.com/v1`. */
  readonly endpoint: string;
  readonly model: string;
  /** Most tokens of an answer, thinking included. */
  readonly maxTokens: number | null;
  /** What an OpenAI-compatible endpoint calls it; null = by the endpoint. */
  readonly maxTokensName: 'max_tokens' | 'max_completion_tokens' | null;
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly seed: number | null;
  /** Hand the prompt's schema to the provider, where the prompt has one. */
  readonly structured: boolean;
  /** Further fields of the request's body; they go over those of the provider. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** Why a teacher stopped: at the end, at its most tokens, because it would not answer, or without a word. */
export type Finish = 'complete' | 'cut-off' | 'refused' | 'empty';

/** Tokens as the provider counted them; null where it did not tell. */
export interface Usage {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

/** An answer that arrived, usable or not: each may cost money, and none is asked for again by itself. */
export interface TeacherAnswer extends Usage {
  readonly text: string;
  readonly finish: Finish;
  /** The model as the provider named it; empty where it did not. */
  readonly model: string;
}

/** Why no answer came; plain data, so that it can be stored and sent. Holds no key. */
export interface TeacherFailure {
  readonly code: TeacherErrorCode;
  readonly message: string;
  readonly detail: ErrorDetail;
  /** How long the provider asked to wait; null where it did not, or where the page may not read it. */
  readonly retryAfterMs: number | null;
  /** Whether the provider may have worked, and want money, all the same. */
  readonly mayBeCharged: boolean;
}

export type Reply =
  { readonly ok: true; readonly answer: TeacherAnswer } | { readonly ok: false; readonly failure: TeacherFailure };

/** Whoever answers questions. `ask` never throws but for a signal that was aborted. */
export interface Teacher {
  ask(question: Question, signal: AbortSignal): Promise<Reply>;
}

/** What every provider tells of itself. */
export interface ProviderFacts<Id extends ProviderId = ProviderId> {
  readonly id: Id;
  readonly name: string;
  /** What a person has to know before choosing it, in paragraphs; for the network with what browsers demand (CORS). */
  readonly help: readonly string[];
}

/** A provider without a network, made from its own data. */
export interface LocalProvider<Options> extends ProviderFacts<LocalProviderId> {
  createTeacher(options: Options): Teacher;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; null for GET. */
  readonly body: string | null;
}

/** What the body of a failed request says, read as far as it can be. */
export interface ProviderError {
  readonly message: string;
  /** The provider's own words for the kind of error, such as `insufficient_quota`, in lower case. */
  readonly kinds: readonly string[];
  /** The parameter that the error names; empty where it names none. */
  readonly parameter: string;
  readonly retryAfterMs: number | null;
}

/** A provider over HTTP: what to send and how to read what comes, without sending anything. */
export interface HttpProvider extends ProviderFacts<HttpProviderId> {
  readonly defaultEndpoint: string;
  /** Whether it cannot be used without a key. */
  readonly needsKey: boolean;
  /** Whether a request must say the most tokens of the answer. */
  readonly needsMaxTokens: boolean;
  modelsRequest(endpoint: string, key: string): HttpRequest;
  /** Model names in a decoded body; null where the body is no list of models. */
  readModels(body: unknown): readonly string[] | null;
  request(settings: TeacherSettings, prompt: PromptText, key: string): HttpRequest;
  /** The answer in the decoded body of a successful request; null where the body has not the documented form. */
  readAnswer(body: unknown): TeacherAnswer | null;
  /** The error in the decoded body of a failed request; undefined = the body was not JSON. */
  readError(body: unknown): ProviderError;
}

/** What a provider without a network says of a sentence that it has nothing for. */
export function silentAbout(sentence: string, teacher: string): Reply {
  const message = `${teacher} has no answer to sentence ${sentence}`;
  const failure = { code: 'teacher-silent', message, detail: { sentence, teacher } } as const;
  return { ok: false, failure: { ...failure, retryAfterMs: null, mayBeCharged: false } };
}
