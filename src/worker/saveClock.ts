/** A run loses at most this much to a crash, unless saving is slow. */
const everyMs = 20_000;
/** Saving takes at most one part in so many of the time. */
const share = 20;

/** Decides when the next snapshot is due: every 20 s, more seldom where saving takes more than a second. */
export class SaveClock {
  readonly #now: () => number;
  #savedAt: number;
  #begunAt: number;
  #tookMs = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#savedAt = now();
    this.#begunAt = this.#savedAt;
  }

  /** Asked after each step; true begins the time that the saving takes. */
  due(): boolean {
    const now = this.#now();
    if (now - this.#savedAt < Math.max(everyMs, share * this.#tookMs)) return false;
    this.#begunAt = now;
    return true;
  }

  saved(): void {
    this.#savedAt = this.#now();
    this.#tookMs = this.#savedAt - this.#begunAt;
  }
}
