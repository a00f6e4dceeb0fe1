/** The page's style sheet. Contrast of text is at least 4.5 to 1; nothing moves. */
export const styleSheet = `
:root {
  color-scheme: light;
  --text: #1b2733;
  --muted: #52606d;
  --line: #d3dae1;
  --faint: #f4f6f8;
  --accent: #1f5c99;
  --strong: #b3470f;
  --paper: #ffffff;
}
*, *::before, *::after { box-sizing: border-box; }
html { scroll-padding-top: 4.5rem; -webkit-text-size-adjust: 100%; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
}
[hidden] { display: none !important; }
.wide { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
a { color: var(--accent); text-underline-offset: 2px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
h1, h2, h3, h4 { line-height: 1.2; text-wrap: balance; font-weight: 650; }
h1 { font-size: 2rem; margin: 0 0 0.35rem; letter-spacing: -0.015em; overflow-wrap: anywhere; }
h2 { font-size: 1.4rem; margin: 0 0 0.5rem; letter-spacing: -0.01em; }
h3 { font-size: 1.05rem; margin: 2rem 0 0.5rem; }
h4 { font-size: 0.95rem; margin: 1.25rem 0 0.4rem; }
p { margin: 0 0 0.8rem; max-width: 70ch; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 12px; top: 12px; z-index: 20; padding: 8px 14px; background: var(--paper); }
.top { padding-top: 2.5rem; padding-bottom: 1.25rem; }
.kicker { margin: 0 0 0.3rem; color: var(--muted); font-size: 0.85rem; letter-spacing: 0.02em; }
.lead { color: var(--muted); font-size: 1.05rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1rem 1.5rem; margin: 1.5rem 0 0; }
.facts div { border-top: 2px solid var(--text); padding-top: 0.45rem; }
.facts dt { color: var(--muted); font-size: 0.82rem; }
.facts dd { margin: 0; font-size: 1.3rem; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.3; }
.facts dd small { display: block; font-size: 0.82rem; font-weight: 400; color: var(--muted); }
.bar { position: sticky; top: 0; z-index: 10; background: rgba(255, 255, 255, 0.97); border-bottom: 1px solid var(--line); }
.bar .wide { display: flex; align-items: center; gap: 0.5rem 1.5rem; flex-wrap: wrap; padding-top: 0.5rem; padding-bottom: 0.5rem; }
.bar ol { min-width: 0; max-width: 100%; display: flex; flex-wrap: wrap; gap: 0.15rem 1.1rem; margin: 0; padding: 0; list-style: none; font-size: 0.9rem; }
.bar a { color: var(--text); text-decoration: none; padding: 0.2rem 0; }
.bar a:hover { text-decoration: underline; }
.chooser { margin-left: auto; display: flex; align-items: center; gap: 0.5rem; font-size: 0.9rem; }
main > section { padding: 2.5rem 0 1.5rem; border-bottom: 1px solid var(--line); }
main > section:last-child { border-bottom: 0; }
.note { border-left: 3px solid var(--strong); background: #fdf4ee; padding: 0.6rem 0.9rem; margin: 0.8rem 0 1.2rem; max-width: 76ch; }
.note p:last-child { margin: 0; }
figure { margin: 1rem 0 1.5rem; }
.scroll { overflow-x: auto; max-width: 100%; }
figure svg { display: block; height: auto; max-width: 100%; }
figcaption { color: var(--muted); font-size: 0.88rem; max-width: 76ch; margin-top: 0.4rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 0 2rem; align-items: start; }
.pair > * { min-width: 0; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; margin: 0 0 1rem; }
td code { overflow-wrap: anywhere; }
caption { text-align: left; color: var(--muted); font-size: 0.88rem; padding-bottom: 0.3rem; }
th, td { text-align: left; padding: 0.28rem 1.1rem 0.28rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }
thead th { border-bottom: 1.5px solid var(--text); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 500; }
.number { text-align: right; white-space: nowrap; }
.out { color: var(--muted); }
.plot { position: relative; width: 100%; margin: 0.4rem 0; }
canvas { display: block; touch-action: pan-y; }
canvas.grab { cursor: crosshair; }
.controls { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1.1rem; margin: 0.6rem 0; font-size: 0.9rem; }
.group { display: flex; flex-wrap: wrap; align-items: center; gap: 0.35rem; border: 0; margin: 0; padding: 0; min-width: 0; }
.group legend { float: left; padding: 0 0.3rem 0 0; color: var(--muted); }
button, select, input[type="number"] {
  font: inherit; font-size: 0.9rem; color: var(--text); background: var(--paper);
  border: 1px solid #8894a0; border-radius: 4px; min-height: 32px; padding: 0.15rem 0.6rem;
}
button { cursor: pointer; min-width: 34px; }
select { max-width: 100%; }
button:hover, select:hover { border-color: var(--text); background: var(--faint); }
input[type="number"] { width: 5.2rem; }
input[type="checkbox"], input[type="radio"] { accent-color: var(--accent); width: 16px; height: 16px; margin: 0; }
label { display: inline-flex; align-items: center; gap: 0.35rem; min-height: 26px; }
.status { color: var(--muted); font-size: 0.9rem; font-variant-numeric: tabular-nums; min-height: 1.5em; margin: 0.2rem 0; max-width: none; }
.hint { color: var(--muted); font-size: 0.85rem; max-width: none; }
kbd { font: 0.82rem ui-monospace, "SF Mono", Menlo, Consolas, monospace; border: 1px solid var(--line); border-radius: 3px; padding: 0 0.3em; background: var(--faint); }
details { margin: 0.6rem 0; }
summary { cursor: pointer; font-weight: 500; }
details[open] > summary { margin-bottom: 0.6rem; }
pre { background: var(--faint); border: 1px solid var(--line); border-radius: 4px; padding: 0.9rem 1rem; overflow-x: auto; font: 0.82rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
code { font: 0.85em ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
.tooltip {
  position: fixed; z-index: 30; pointer-events: none; max-width: 340px; padding: 0.35rem 0.6rem;
  background: #16202b; color: #ffffff; border-radius: 4px; font-size: 0.82rem; line-height: 1.4;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
footer { color: var(--muted); font-size: 0.85rem; padding-top: 1.5rem; padding-bottom: 3rem; }
@media (max-width: 640px) {
  body { font-size: 15px; }
  .wide { padding: 0 14px; }
  .top { padding-top: 1.5rem; }
  h1 { font-size: 1.5rem; }
  .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .facts dd { font-size: 1.1rem; }
  .bar ol { flex-wrap: nowrap; overflow-x: auto; white-space: nowrap; max-width: 100%; }
  .bar .wide { flex-wrap: wrap; }
  .chooser { margin-left: 0; }
  html { scroll-padding-top: 6.5rem; }
  main > section { padding-top: 1.75rem; }
  figure svg { max-width: none; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print {
  .bar, .controls, .hint, .skip, .tooltip { display: none !important; }
  body { font-size: 10.5pt; }
  main > section { break-inside: auto; padding: 1rem 0; }
  figure, .plot, table { break-inside: avoid; }
  canvas, figure svg { max-width: 100% !important; height: auto !important; }
  h2, h3 { break-after: avoid; }
  a { color: inherit; text-decoration: none; }
  pre { white-space: pre-wrap; }
}
`;
