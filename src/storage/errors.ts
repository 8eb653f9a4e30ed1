import { AppError, messageOf } from '../core/errors.ts';

/** What IndexedDB threw, as the failure a person is told of; an AppError stays what it is. */
export function storageError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const name = error instanceof Error ? error.name : '';
  const reason = messageOf(error) || name;
  if (name === 'QuotaExceededError') return new AppError('storage-full', reason, { reason });
  if (name === 'VersionError') return new AppError('storage-newer', reason, { reason });
  return new AppError('storage-failed', reason, { reason });
}

/** Whether an error only says that its transaction was aborted, so that the cause stands elsewhere. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Whether an error says that the connection to the database is closed. */
export function isClosed(error: unknown): boolean {
  return error instanceof Error && error.name === 'InvalidStateError';
}
