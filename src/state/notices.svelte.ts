import { sentenceOf } from '../core/errorTexts.ts';

export interface Notice {
  readonly id: number;
  readonly kind: 'done' | 'error';
  /** What happened. */
  readonly what: string;
  /** What to do next; '' for nothing. */
  readonly next: string;
  readonly action?: { readonly name: string; run(): void };
}

/** Messages at the edge of the window: things done that can be undone, and errors. They stay until closed, replaced or old. */
export class Notices {
  list: readonly Notice[] = $state.raw([]);
  #next = 1;
  /** The first id since the last change of place. */
  #fresh = 1;

  done(what: string, action?: Notice['action']): void {
    this.#add({ kind: 'done', what, next: '', ...(action === undefined ? {} : { action }) });
  }

  error(error: unknown): void {
    this.#add({ kind: 'error', ...sentenceOf(error) });
  }

  /** The place changed. A step back is offered where it was done and in the place after that, then it is out of the way. */
  moved(): void {
    this.list = this.list.filter(({ id, action }) => action === undefined || id >= this.#fresh);
    this.#fresh = this.#next;
  }

  close(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  /** Runs a task whose failure is told here. */
  async guard(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.error(error);
    }
  }

  #add(notice: Omit<Notice, 'id'>): void {
    const others = this.list.filter((n) => n.what !== notice.what && (n.kind === 'error' || notice.kind === 'error'));
    this.list = [...others.slice(-2), { ...notice, id: this.#next++ }];
  }
}
