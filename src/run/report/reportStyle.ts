import { drawingColours, drawingStyle } from '../figures/svg.ts';

/** Style of reports and of single pictures; dark only swaps values. Colours are those of the app. */
export const reportStyle = `${drawingColours}*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1040px;margin:0 auto;padding:32px 20px 64px}
h1{font-size:26px;line-height:1.2;margin:0 0 8px;letter-spacing:-.01em}
h2{font-size:17px;margin:34px 0 8px}
h3{font-size:15px;margin:18px 0 4px}
p{margin:0 0 10px;max-width:70ch}
.say{font-size:17px}
.wrong{color:var(--bad);font-weight:600}
.notice{border-left:3px solid var(--line);padding-left:12px}
.soft,figcaption{color:var(--soft);font-size:13px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;background:var(--sheet);border:1px solid var(--line);min-width:min(100%,480px)}
th,td{padding:6px 12px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{font-weight:500}
thead th{color:var(--soft);font-size:13px;white-space:nowrap}
.n{text-align:right;white-space:nowrap}
.facts th{color:var(--soft)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:16px;margin-top:18px}
figure{margin:0;background:var(--sheet);border:1px solid var(--line);padding:12px}
figure{overflow-x:auto}
svg{display:block;width:100%;min-width:460px}
details{margin-top:8px;color:var(--soft);font-size:13px}
${drawingStyle}`;
