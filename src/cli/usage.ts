import { AppError } from '../core/errors.ts';
import { nearest } from './nearest.ts';

/** A wrong command line: `what` is the whole sentence, `next` what to type instead. Exit code 2. */
export function usageError(what: string, next: string): AppError {
  return new AppError('usage', what, { what, next });
}

/** "Did you mean --lr?" where a known name is near, else what to look up. */
export function suggestion(given: string, known: readonly string[], otherwise: string, prefix = ''): string {
  const found = nearest(given, known);
  return found === null ? otherwise : `Did you mean ${prefix}${found}?`;
}
