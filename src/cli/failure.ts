import { AppError } from '../core/errors.ts';
import { sentenceOf } from '../core/errorTexts.ts';
import type { Terminal } from './terminal/terminal.ts';

/** A failure as it is told: what happened, and what to do. */
export interface Failure {
  readonly code: string;
  readonly what: string;
  readonly next: string;
}

/** A failure that knows the next step itself goes before the general one. */
export function failureOf(error: unknown): Failure {
  const { what, next } = sentenceOf(error);
  const own = error instanceof AppError ? error.detail['next'] : undefined;
  return {
    code: error instanceof AppError ? error.code : 'unforeseen',
    what,
    next: own === undefined ? next : String(own),
  };
}

export function tellFailure({ what, next }: Failure, terminal: Terminal): void {
  terminal.say(`vermeil: ${what}`);
  terminal.say(next);
}
