/** What the page looks like; the chart library brings its own besides. */
export const styleSheet = `
:root {
  color-scheme: light;
  --text: #1b2733;
  --muted: #52606d;
  --line: #d3dae1;
  --accent: #1f5c99;
  --strong: #b3470f;
  --paper: #ffffff;
}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
}
.wide { max-width: 1280px; margin: 0 auto; padding: 0 24px; }
header.wide { padding-top: 1.5rem; }
main.wide { padding-bottom: 2.5rem; }
.kicker { margin: 0; color: var(--muted); font-size: 0.85rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 0.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0 0 0.2rem; }
section { padding: 1rem 0; border-top: 1px solid var(--line); min-width: 0; }
.state { margin: 0 0 1rem; padding: 0.5rem 0.8rem; border-left: 4px solid var(--muted); background: #f4f6f8; font-variant-numeric: tabular-nums; }
.state[data-state="running"] { border-color: #2b7a3d; background: #eef7f0; }
.state[data-state="stale"], .state[data-state="lost"] { border-color: var(--strong); background: #fdf4ee; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 0.6rem 1.2rem; margin: 0 0 1rem; }
.facts div { border-top: 2px solid var(--text); padding-top: 0.3rem; min-width: 0; }
.facts dt { color: var(--muted); font-size: 0.82rem; }
.facts dd { margin: 0; font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.hint { color: var(--muted); font-size: 0.88rem; margin: 0 0 0.5rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 0 2rem; }
.plot { min-width: 0; overflow: hidden; }
.plot h3 { font-size: 0.9rem; font-weight: 500; margin: 0.4rem 0 0; overflow-wrap: anywhere; }
.key { margin: 0 0 0.3rem; font-size: 0.85rem; font-weight: 600; display: flex; flex-wrap: wrap; gap: 0 0.6rem; }
.key span:first-child { font-weight: 400; color: var(--muted); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.25rem 1.1rem 0.25rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; }
.triggers { margin: 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 0.3rem 0.5rem; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
.triggers li { border: 1px solid var(--line); border-radius: 4px; padding: 0.1rem 0.45rem; }
@media (max-width: 640px) {
  body { font-size: 15px; }
  .wide { padding-left: 14px; padding-right: 14px; }
  h1 { font-size: 1.35rem; }
  .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
}
`;
