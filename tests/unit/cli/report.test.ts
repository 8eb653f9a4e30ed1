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
    // x: 46 … 530 for 0 … 100 steps; y: 222 … 14 for 0 … 1.
    expect(svg).toContain('points="46.0,222.0 530.0,14.0"');
    expect(svg).toContain('<line class="mark" x1="288.0" x2="288.0"');
    const names = [...svg.matchAll(/class="name gold" x="538.0" y="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(names).toEqual([18, 34]);
    expect(svg).toContain('A &lt;b&gt;');
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
