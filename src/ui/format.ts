const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 12,345 */
export function count(value: number): string {
  return whole.format(value);
}

/** "1 sentence", "3 sentences". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A score of 0 … 1 with three places; an en dash where there is none. */
export function score(value: number | null | undefined): string {
  return value === null || value === undefined || Number.isNaN(value) ? '–' : value.toFixed(3);
}

/** A stretch of time for a person: "8 s", "3 min 10 s", "1 h 5 min". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${String(s)} s`;
  if (s < 600) return s % 60 === 0 ? `${String(s / 60)} min` : `${String(Math.floor(s / 60))} min ${String(s % 60)} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 60) return `${String(minutes)} min`;
  return minutes % 60 === 0
    ? `${String(minutes / 60)} h`
    : `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}

/** A rough stretch of time, rounded to what a guess is worth: "about 40 s", "about 6 min". */
export function roughly(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'of unknown length';
  if (seconds < 60) return `about ${String(Math.max(5, Math.round(seconds / 5) * 5))} s`;
  if (seconds < 5400) return `about ${String(Math.max(1, Math.round(seconds / 60)))} min`;
  return `about ${String(Math.round(seconds / 3600))} h`;
}

/** 3e-4 rather than 0.0003; 0.1 as it is. */
export function small(value: number): string {
  return value !== 0 && Math.abs(value) < 0.01 ? value.toExponential().replace('e+', 'e') : String(value);
}

/** A rate with two places worth reading: 0.3, 21, 1,240. */
export function rate(value: number): string {
  return value < 10 ? value.toFixed(1) : count(value);
}

/** Bytes in MB or GB, powers of ten. */
export function bytes(value: number): string {
  return value < 1e9 ? `${count(value / 1e6)} MB` : `${(value / 1e9).toFixed(1)} GB`;
}

/** A time of day for today, else the date. */
export function when(time: number, now: number): string {
  const date = new Date(time);
  const sameDay = date.toDateString() === new Date(now).toDateString();
  return sameDay
    ? date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
    : date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}

/** USD with as many digits as small sums need: $12.40, $0.12, $0.0034. */
export function usd(amount: number): string {
  if (amount === 0 || amount >= 0.1) return `$${amount.toFixed(2)}`;
  return `$${amount.toFixed(amount >= 0.01 ? 3 : amount >= 0.0001 ? 4 : 6)}`;
}
