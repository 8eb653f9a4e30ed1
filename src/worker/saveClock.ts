/** A run loses at most this much to a crash, unless saving is slow. */
const everyMs = 20_000;
/** Saving takes at most one part in so many of the time. */
const share = 20;

/** Decides when the next snapshot is due: every 20 s, more seldom where saving takes more than a second. */
export class SaveClock {
  readonly #now: () => number;
  #savedAt: number;
  /** When the saving that `due` asked for began; null for one at the end of a stage, which nobody timed. */
  #begunAt: number | null = null;
  #tookMs = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#savedAt = now();
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
    if (this.#begunAt !== null) this.#tookMs = this.#savedAt - this.#begunAt;
    this.#begunAt = null;
  }
}
