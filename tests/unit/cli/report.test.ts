import { describe, expect, it } from 'vitest';
import { escape } from '../../../src/cli/report/escape.ts';
import { lineChart, ticks } from '../../../src/cli/report/lineChart.ts';

describe('line chart', () => {
  it('chooses round ticks from 0 that reach the end', () => {
    expect(ticks(1, 4)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(ticks(178, 5)).toEqual([0, 50, 100, 150, 200]);
    expect(ticks(0.692, 4)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(ticks(104, 5)).toEqual([0, 25, 50, 75, 100, 125]);
  });

  it('draws points where the axes say, and keeps names apart', () => {
    const series = ['first', 'second'].map((name) => ({
      name,
      kind: 'gold',
      points: [
        [0, 0],
        [100, 1],
      ] as const,
    }));
    const svg = lineChart({ title: 'A <b>', xLabel: 'steps', yLabel: 'F1', series, marks: [{ x: 50, text: 'here' }] });
    // x: 46 … 530 for 0 … 100 steps; y: 222 … 26 for 0 … 1.
    expect(svg).toContain('points="46.0,222.0 530.0,26.0"');
    expect(svg).toContain('<line class="mark" x1="288.0" x2="288.0"');
    const names = [...svg.matchAll(/class="name gold" x="538.0" y="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(names).toEqual([30, 46]);
    expect(svg).toContain('A &lt;b&gt;');
  });

  it('names a line that ends early above its end, or below where another is close above', () => {
    const ending = (y: number) => ({
      name: 'early',
      kind: 'silver',
      points: [
        [0, 0.5],
        [50, y],
      ] as const,
    });
    const long = {
      name: 'long',
      kind: 'mix',
      points: [
        [0, 0.5],
        [100, 0.5],
      ] as const,
    };
    const nameOf = (y: number) => {
      const chart = {
        title: '',
        xLabel: '',
        yLabel: '',
        marks: [],
        series: [long, ending(y), { ...long, points: [[0, 1]] as const }],
      };
      return /class="name silver" x="288.0" text-anchor="end" y="([\d.]+)"/.exec(lineChart(chart))?.[1];
    };
    // y of 0.6 is 222 − 0.6 · 196 = 104.4, that of 0.45 is 133.8; 0.5 lies at 124.
    expect(nameOf(0.6)).toBe('96.4');
    expect(nameOf(0.45)).toBe('149.8');
  });

  it('draws nothing but axes for no points', () => {
    const svg = lineChart({
      title: 't',
      xLabel: '',
      yLabel: '',
      series: [{ name: 'n', kind: 'mix', points: [] }],
      marks: [],
    });
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});

it('escapes what HTML reads', () => {
  expect(escape(`<a href="x">'&'</a>`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;');
});
