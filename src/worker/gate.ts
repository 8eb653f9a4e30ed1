/** Where a run waits before each step: pausing, single steps and stopping happen here. */
export class Gate {
  readonly #abort = new AbortController();
  #paused = false;
  /** Steps that may still be done while paused. */
  #granted = 0;
  #held = false;
  #heldMs = 0;
  #wake: () => void = () => undefined;

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether it holds, but for the single steps that were granted. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Whether the next step would have to wait. */
  get holds(): boolean {
    return this.#paused && this.#granted === 0 && !this.signal.aborted;
  }

  /** Time spent holding so far, in milliseconds. */
  get heldMs(): number {
    return this.#heldMs;
  }

  pause(): void {
    this.#paused = true;
  }

  continue(): void {
    this.#paused = false;
    this.#granted = 0;
    this.#wake();
  }

  /** Lets one more step pass, then holds; a running run is paused by it. */
  step(): void {
    this.#paused = true;
    this.#granted++;
    this.#wake();
  }

  stop(): void {
    this.#abort.abort();
    this.#wake();
  }

  /** Returns when the next step may be done or the run is to stop. `onHeld` is told when holding begins and ends. */
  async pass(now: () => number, onHeld: (held: boolean) => Promise<void>): Promise<void> {
    while (this.#paused && !this.signal.aborted) {
      if (this.#granted > 0) {
        this.#granted--;
        return;
      }
      await this.#tell(true, onHeld); // takes time, in which the gate may be opened
      if (this.holds) await this.#hold(now);
    }
    if (!this.signal.aborted) await this.#tell(false, onHeld);
  }

  async #hold(now: () => number): Promise<void> {
    const since = now();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#heldMs += now() - since;
  }

  async #tell(held: boolean, onHeld: (held: boolean) => Promise<void>): Promise<void> {
    if (this.#held === held) return;
    this.#held = held;
    await onHeld(held);
  }
}
