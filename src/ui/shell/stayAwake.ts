/** Keeps the screen, and so the machine, from falling asleep until the result is called; does nothing where it cannot. */
export function stayAwake(): () => void {
  const wakeLock = (navigator as Partial<Navigator>).wakeLock;
  if (wakeLock === undefined) return () => undefined;
  let sentinel: WakeLockSentinel | null = null;
  let over = false;

  /** The browser takes the lock back whenever the page is hidden. */
  async function take(): Promise<void> {
    if (document.visibilityState !== 'visible') return;
    try {
      const taken = await wakeLock?.request('screen');
      if (over) await taken?.release();
      else sentinel = taken ?? null;
    } catch {
      // Refused, as for an empty battery: the run goes on as long as the machine does.
    }
  }

  const again = () => void take();
  document.addEventListener('visibilitychange', again);
  void take();
  return () => {
    over = true;
    document.removeEventListener('visibilitychange', again);
    void sentinel?.release();
  };
}
