/** Ctrl-C, once: asks the work to stop at its next good place. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Stops listening; Ctrl-C ends the program again. */
  close(): void;
}

/** Exit status of a program that a SIGINT ended, as shells have it: 128 + 2. */
const endedBySigint = 130;

/** Listens to Ctrl-C: the first asks to stop and calls `onFirst`, the second ends the program at once. */
export function listenToInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  const listener = () => {
    if (controller.signal.aborted) process.exit(endedBySigint);
    controller.abort();
    onFirst();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const name of signals) process.on(name, listener);
  return {
    signal: controller.signal,
    close() {
      for (const name of signals) process.off(name, listener);
    },
  };
}
