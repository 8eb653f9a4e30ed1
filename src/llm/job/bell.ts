/** Something that one waiter waits for and others announce; a ring before the wait is not lost. */
export class Bell {
  #rang = false;
  #wake: (() => void) | null = null;

  ring(): void {
    this.#rang = true;
    this.#wake?.();
  }

  /** Returns at the next ring, or after `ms` where it is not null. */
  async wait(ms: number | null): Promise<void> {
    if (!this.#rang) {
      await new Promise<void>((resolve) => {
        const timer = ms === null ? null : setTimeout(resolve, ms);
        this.#wake = () => {
          if (timer !== null) clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#rang = false;
    this.#wake = null;
  }
}
