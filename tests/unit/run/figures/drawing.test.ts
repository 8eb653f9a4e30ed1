import { describe, expect, it } from 'vitest';
import { drawDots } from '../../../../src/run/figures/dotChart.ts';
import { drawLines, type LineChart } from '../../../../src/run/figures/lineChart.ts';
import { drawPanels } from '../../../../src/run/figures/panels.ts';
import type { Mark } from '../../../../src/run/figures/marks.ts';
import { escape, pictureOf, svgOf } from '../../../../src/run/figures/svg.ts';
import { ticks } from '../../../../src/run/figures/ticks.ts';

const textsOf = (marks: readonly Mark[], kind: string) =>
  marks.flatMap((mark) => (mark.shape === 'text' && mark.kind === kind ? [mark] : []));
const svgOfLines = (chart: LineChart) => svgOf(chart.title, drawLines(chart));

describe('line chart', () => {
  it('chooses round ticks from 0 that reach the end', () => {
    expect(ticks(1, 4)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(ticks(178, 5)).toEqual([0, 50, 100, 150, 200]);
    expect(ticks(0.692, 4)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(ticks(104, 5)).toEqual([0, 25, 50, 75, 100, 125]);
    expect(ticks(0.86, 4, 0.71)).toEqual([0.7, 0.75, 0.8, 0.85, 0.9]);
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
    const svg = svgOfLines({ title: 'A <b>', xLabel: 'steps', yLabel: 'F1', series, marks: [{ x: 50, text: 'here' }] });
    // x: 46 … 530 for 0 … 100 steps; y: 222 … 26 for 0 … 1.
    expect(svg).toContain('d="M46.0 222.0L530.0 26.0"');
    expect(svg).toContain('<line class="mark" x1="288" x2="288"');
    const names = [...svg.matchAll(/class="name gold" x="538" y="([\d.]+)"/g)].map(([, y]) => Number(y));
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
      return /class="name silver" x="288" y="([\d.]+)" text-anchor="end"/.exec(svgOfLines(chart))?.[1];
    };
    // y of 0.6 is 222 − 0.6 · 196 = 104.4, that of 0.45 is 133.8; 0.5 lies at 124.
    expect(nameOf(0.6)).toBe('96.4');
    expect(nameOf(0.45)).toBe('149.8');
  });

  it('names the first seed of a line only, and cuts a name that has no room', () => {
    const points = [
      [0, 0.7],
      [10, 0.8],
    ] as const;
    const name = 'Blend, power decay (n = 3), 100 gold';
    const series = [
      { name, kind: 'mix', points },
      { name, kind: 'mix', points, faint: true },
    ];
    const chart = { title: '', xLabel: '', yLabel: 'F1', series, marks: [], from: 'values' } as const;
    const { marks, width } = drawLines(chart, 320);
    expect(width).toBe(320);
    const [drawn, ...others] = textsOf(marks, 'name mix');
    expect(others).toEqual([]);
    expect(drawn?.text).toMatch(/^Blend, power.*…$/);
    expect(drawn!.x + 7.6 * drawn!.text.length).toBeLessThanOrEqual(320);
    const faint = marks.filter((mark) => mark.kind === 'curve mix faint');
    expect(faint).toHaveLength(1);
    // The axis begins near the values: 0.7 lies at its foot.
    expect(faint[0]).toMatchObject({ points: [[46, 222], expect.anything()] });
  });

  it('draws nothing but axes for no points', () => {
    const svg = svgOfLines({
      title: 't',
      xLabel: '',
      yLabel: '',
      series: [{ name: 'n', kind: 'mix', points: [] }],
      marks: [],
    });
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});

describe('panels', () => {
  const panel = (title: string): LineChart => {
    const points = [
      [0, 0],
      [100, 1],
    ] as const;
    const series = [{ name: 'Simple mix', kind: 'mix', points }];
    return { title, xLabel: '', yLabel: 'F1', series, marks: [], height: 190 };
  };
  const panels = ['PER', 'LOC', 'ORG'].map(panel);
  const titlesOf = (width: number) =>
    textsOf(drawPanels({ title: '', panels }, width).marks, 'panel').map(({ text, x, y }) => [text, x, y]);

  it('stand in one column where it is narrow, and in two where it is wide', () => {
    expect(titlesOf(640)).toEqual([
      ['PER', 2, 14],
      ['LOC', 2, 14 + 224],
      ['ORG', 2, 14 + 2 * 224],
    ]);
    expect(titlesOf(1000)).toEqual([
      ['PER', 2, 14],
      ['LOC', 514, 14],
      ['ORG', 2, 14 + 224],
    ]);
    expect(drawPanels({ title: '', panels }, 1000).height).toBe(2 * (22 + 190) + 12);
  });

  it('are the charts themselves, moved to their place', () => {
    const alone = drawLines(panels[1]!, 488).marks;
    const { marks } = drawPanels({ title: '', panels }, 1000);
    const second = marks.slice(marks.findIndex((mark) => mark.shape === 'text' && mark.text === 'LOC') + 1);
    const kinds: string[] = [];
    alone.forEach((mark, i) => {
      const moved = second[i]!;
      kinds.push(mark.shape);
      if (mark.shape === 'line' && moved.shape === 'line')
        expect([moved.x1 - mark.x1, moved.x2 - mark.x2, moved.y1 - mark.y1, moved.y2 - mark.y2]).toEqual(
          [512, 512, 22, 22].map((by) => expect.closeTo(by, 6)),
        );
      else if (mark.shape === 'path' && moved.shape === 'path')
        expect(moved.points).toEqual(mark.points.map(([x, y]) => [x + 512, y + 22]));
      else if ((mark.shape === 'dot' && moved.shape === 'dot') || (mark.shape === 'text' && moved.shape === 'text'))
        expect([moved.x - mark.x, moved.y - mark.y]).toEqual([expect.closeTo(512, 6), expect.closeTo(22, 6)]);
      else throw new Error(`${mark.shape} has become ${moved.shape}`);
    });
    expect([...new Set(kinds)].sort()).toEqual(['dot', 'line', 'path', 'text']);
  });
});

describe('dot chart', () => {
  const rows = [
    { name: 'Gold only', kind: 'gold', values: [0.5, 0.6], mean: 0.55, label: '0.550 ± 0.071' },
    { name: 'Teacher itself', kind: 'silver', values: [], mean: 0.7, label: '0.700' },
  ];

  it('puts a dot a seed and the mean where the axis says', () => {
    const { marks } = drawDots({ title: '', xLabel: 'F1', rows });
    const axis = textsOf(marks, '').filter(({ text }) => text.startsWith('0.'));
    const [first, last] = [axis[0]!, axis.at(-1)];
    const at = (value: number) =>
      first.x + ((value - Number(first.text)) / (Number(last.text) - Number(first.text))) * (last.x - first.x);
    const dots = marks.flatMap((mark) => (mark.shape === 'dot' ? [mark.x] : []));
    expect(dots).toEqual([0.5, 0.6].map((value) => expect.closeTo(at(value), 0)));
    const means = marks.flatMap((mark) => (mark.shape === 'line' && mark.kind === 'mean' ? [mark.x1] : []));
    expect(means).toEqual([0.55, 0.7].map((value) => expect.closeTo(at(value), 0)));
    expect(textsOf(marks, 'value').map(({ text }) => text)).toEqual(['0.550 ± 0.071', '0.700']);
  });

  it('keeps the seeds apart where a row without any lies far out', () => {
    const far = [rows[0]!, { ...rows[1]!, values: [], mean: 0.95 }];
    const apart = (some: typeof rows) => {
      const { marks } = drawDots({ title: '', xLabel: 'F1', rows: some });
      const [a = 0, b = 0] = marks.flatMap((mark) => (mark.shape === 'dot' ? [mark.x] : []));
      return { apart: b - a, means: marks.filter(({ kind }) => kind === 'mean').length, arrows: arrowsOf(marks) };
    };
    const arrowsOf = (marks: readonly Mark[]) => textsOf(marks, 'value').filter(({ text }) => text === '→').length;
    const [near, away] = [apart(rows), apart(far)];
    expect(near).toMatchObject({ means: 2, arrows: 0 });
    expect(away).toMatchObject({ means: 1, arrows: 1 });
    expect(away.apart).toBeGreaterThan(near.apart);
    // One that lies below is drawn: an axis that is cut at its foot would hide how low it is.
    expect(apart([rows[0]!, { ...rows[1]!, mean: 0.1 }])).toMatchObject({ means: 2, arrows: 0 });
  });

  it('puts names above their dots where it is narrow, and draws nothing wrong for nothing', () => {
    const wide = drawDots({ title: '', xLabel: '', rows });
    const slim = drawDots({ title: '', xLabel: '', rows }, 320);
    expect(slim.height).toBeGreaterThan(wide.height);
    expect(slim.marks.every((mark) => mark.shape !== 'text' || (mark.x >= 0 && mark.x <= 320))).toBe(true);
    expect(JSON.stringify(drawDots({ title: '', xLabel: '', rows: [] }))).not.toMatch(/null/); // NaN as JSON
  });
});

it('a picture is a file of its own', () => {
  const svg = pictureOf(svgOf('A & B', drawDots({ title: '', xLabel: '', rows: [] })));
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 640 46"[^>]*A &amp; B"><style>/);
});

it('escapes what HTML reads', () => {
  expect(escape(`<a href="x">'&'</a>`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;');
});
