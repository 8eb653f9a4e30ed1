/** Round numbers from at most `start` to at least `end`, about `count` of them after the first. */
export function ticks(end: number, count: number, start = 0): number[] {
  const rough = (end - start) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((s) => s >= rough * 0.999) ?? rough;
  const [first, last] = [Math.floor(start / step + 1e-9), Math.ceil(end / step - 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}
