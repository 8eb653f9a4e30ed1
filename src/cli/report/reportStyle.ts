/** Style of reports and of single pictures; dark only swaps values. Colours are those of the app. */
export const reportStyle = `
:root{color-scheme:light dark;--ground:#faf9f5;--sheet:#fff;--ink:#1f1d18;--soft:#6d685c;--line:#e5e1d6;
--gold:#8f6500;--silver:#5b6f82;--mix:#14564e;--bad:#b23a34}
@media(prefers-color-scheme:dark){:root{--ground:#171612;--sheet:#201f1a;--ink:#eceadf;--soft:#a09a8b;--line:#35332b;
--gold:#e6b94a;--silver:#a9bccd;--mix:#7fd0c2;--bad:#ef8d84}}
*{box-sizing:border-box}
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
svg text{font:12px system-ui,sans-serif;fill:var(--soft)}
.grid{stroke:var(--line)}
.mark{stroke:var(--soft);stroke-dasharray:3 3}
.gold{--kind:var(--gold)}
.silver{--kind:var(--silver)}
.mix{--kind:var(--mix)}
polyline{fill:none;stroke:var(--kind);stroke-width:1.6}
polygon{fill:var(--kind);fill-opacity:.14;stroke:none}
polyline.mix{stroke-width:3;stroke-opacity:.75}
circle{fill:var(--kind)}
.v1{--kind:#8a5a9e}.v2{--kind:#3f6fb5}.v3{--kind:#a2573c}.v4{--kind:#5d7d2a}
polyline.v1,polyline.v3{stroke-dasharray:6 3}polyline.v2,polyline.v4{stroke-dasharray:2 3}
.mean{stroke:var(--ink);stroke-width:2}
details{margin-top:8px;color:var(--soft);font-size:13px}
svg text.name{fill:var(--kind);font-weight:600;paint-order:stroke;stroke:var(--sheet);stroke-width:4px}
`;
