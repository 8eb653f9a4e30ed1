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

/** Messages at the edge of the window: things done that can be undone, and errors. They stay until closed or replaced. */
export class Notices {
  list: readonly Notice[] = $state.raw([]);
  #next = 1;

  done(what: string, action?: Notice['action']): void {
    this.#add({ kind: 'done', what, next: '', ...(action === undefined ? {} : { action }) });
  }

  error(error: unknown): void {
    this.#add({ kind: 'error', ...sentenceOf(error) });
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
