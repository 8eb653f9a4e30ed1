/**
 * The one closed union of expected failures. Each code has its sentence in `errorTexts.ts`, which does not compile
 * when a code lacks one.
 */
export type ErrorCode =
  | 'usage'
  | 'file-missing'
  | 'file-unreadable'
  | 'format-unknown'
  | 'data-empty'
  | 'data-invalid'
  | 'labels-differ'
  | 'config-invalid'
  | 'checkpoint-truncated'
  | 'checkpoint-invalid'
  | 'checkpoint-not-bert'
  | 'checkpoint-sizes'
  | 'tokenizer-invalid'
  | 'device-unavailable'
  | 'device-wrong'
  | 'device-lost'
  | 'precision-unavailable'
  | 'gpu-error'
  | 'out-of-memory'
  | 'not-finite'
  | 'snapshot-mismatch'
  | 'snapshot-damaged'
  | 'sentence-changed'
  | 'storage-full'
  | 'storage-failed'
  | 'storage-newer'
  | 'worker-failed'
  | 'run-elsewhere'
  | 'stopped'
  | TeacherErrorCode;

/** What may go wrong between Vermeil and a language model; the sentences stand in `teacherTexts.ts`. */
export type TeacherErrorCode =
  | 'teacher-key'
  | 'teacher-forbidden'
  | 'teacher-quota'
  | 'teacher-rate'
  | 'teacher-busy'
  | 'teacher-server'
  | 'teacher-not-found'
  | 'teacher-parameter'
  | 'teacher-request'
  | 'teacher-timeout'
  | 'teacher-cut'
  | 'teacher-unreachable'
  | 'teacher-unreadable'
  | 'teacher-silent';

/** Facts of one failure, to be put into its sentence; only short text and numbers. */
export type ErrorDetail = Readonly<Record<string, string | number>>;

/** An expected failure: a code of the closed union, a technical message, and the facts that its sentence names. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;
  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message);
    this.code = code;
    this.detail = detail;
  }
}

/** Anything that was thrown in a worker; what is no AppError was not foreseen. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('worker-failed', messageOf(error), { reason: messageOf(error) });
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
