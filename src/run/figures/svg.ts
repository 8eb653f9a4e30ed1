import { hueOf, pathData, type Drawing, type Mark } from './marks.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML, SVG and their attributes. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/** A drawing as an SVG element for a page that has the style of drawings. */
export function svgOf(title: string, { width, height, marks }: Drawing): string {
  return `<svg viewBox="0 0 ${String(width)} ${String(height)}" role="img" aria-label="${escape(title)}">\n${marks.map(elementOf).join('\n')}\n</svg>`;
}

/** An SVG as a file of its own, with its style inside. */
export function pictureOf(svg: string): string {
  return svg
    .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
    .replace('>', `><style>${drawingColours}svg{background:var(--sheet)}${drawingStyle}</style>`);
}

function elementOf(mark: Mark): string {
  const hue = hueOf(mark.kind);
  const coloured = hue === undefined ? '' : ` style="--hue:${String(hue)}"`;
  const kind = mark.kind === '' ? '' : ` class="${escape(mark.kind)}"${coloured}`;
  const number = (name: string, value: number) => ` ${name}="${String(value)}"`;
  switch (mark.shape) {
    case 'line': {
      const { x1, x2, y1, y2 } = mark;
      return `<line${kind}${number('x1', x1)}${number('x2', x2)}${number('y1', y1)}${number('y2', y2)}/>`;
    }
    case 'path':
      return `<path${kind} d="${pathData(mark)}"/>`;
    case 'dot':
      return `<circle${kind}${number('cx', mark.x)}${number('cy', mark.y)}${number('r', mark.r)}/>`;
    case 'text':
      return `<text${kind}${number('x', mark.x)}${number('y', mark.y)} text-anchor="${mark.anchor}">${escape(mark.text)}</text>`;
  }
}

/** Colours of a page that has no others; dark only swaps values. They are those of the app. */
export const drawingColours = `
:root{color-scheme:light dark;--ground:#faf9f5;--sheet:#fff;--ink:#1f1d18;--soft:#655f52;--line:#e4dfd3;
--gold:#855c00;--silver:#4f6477;--mix:#14564e;--bad:#a8322c}
@media(prefers-color-scheme:dark){:root{--ground:#161512;--sheet:#1e1d19;--ink:#eceade;--soft:#aaa392;--line:#37342b;
--gold:#e9bd55;--silver:#aabdce;--mix:#7fd0c2;--bad:#f0938a}}
`;

/** Style of the marks. The page has its own in `ui/charts/Plot.svelte`, by the same classes. */
export const drawingStyle = `
svg text{font:12px system-ui,sans-serif;fill:var(--soft)}
.grid{stroke:var(--line)}
.mark{stroke:var(--soft);stroke-dasharray:3 3}
.gold{--kind:var(--gold)}
.silver{--kind:var(--silver)}
.mix{--kind:var(--mix)}
.hue{--kind:light-dark(oklch(.48 .15 var(--hue)),oklch(.8 .11 var(--hue)))}
.mix.v1{--kind:light-dark(#8a5a9e,#c79bdb)}.mix.v2{--kind:light-dark(#3f6fb5,#8fb4ee)}
.mix.v3{--kind:light-dark(#a2573c,#e39a7f)}.mix.v4{--kind:light-dark(#5d7d2a,#a9c973)}
.curve{fill:none;stroke:var(--kind);stroke-width:1.8;stroke-linejoin:round}
.curve.faint{stroke-width:1;stroke-opacity:.35}
.curve.v1,.curve.v3{stroke-dasharray:6 3}.curve.v2,.curve.v4{stroke-dasharray:2 3}
.area{fill:var(--kind);fill-opacity:.14;stroke:none}
circle{fill:var(--kind)}
.seed{fill-opacity:.75}
.mean{stroke:var(--ink);stroke-width:2}
svg text.name{fill:var(--kind);font-weight:600;paint-order:stroke;stroke:var(--sheet);stroke-width:4px}
svg text.value,svg text.panel{fill:var(--ink)}
svg text.panel{font-weight:600}
`;
