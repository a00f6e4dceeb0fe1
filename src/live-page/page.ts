import { createHash } from 'node:crypto';
import { html, Markup } from '../report/html.ts';
import { clientScript } from '../report/page/script.ts';
import { readChartLibrary } from './packages.ts';
import { styleSheet } from './style.ts';

export interface RenderedPage {
  readonly html: string;
  /** Sent with every answer. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * The page of a run, as one text that asks for nothing but its own events. The policy lets a browser run these scripts and
 * use these style sheets, by their digests, connect to where the page came from, and nothing else.
 * @throws ConfigError when packages are missing
 */
export async function renderLivePage(title: string): Promise<RenderedPage> {
  const chart = await readChartLibrary();
  const scripts = [chart.script, await clientScript(new URL('client/', import.meta.url))];
  const styles = [chart.style, styleSheet];
  if (scripts.some((script) => /<\/script/i.test(script))) throw new Error('a script ends itself');
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(digest).join(' ')}`,
    `style-src ${styles.map(digest).join(' ')}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}, live</title>
${styles.map((style) => html`<style>${new Markup(style)}</style>\n`)}</head>
<body>
<header class="wide">
<p class="kicker">live</p>
<h1>${title}</h1>
<p id="state" class="state" role="status" data-state="waiting"><b id="state-name">connecting</b> <span id="state-text"></span></p>
</header>
<main class="wide">
<dl class="facts" id="facts"></dl>
<section aria-labelledby="traces-title">
<h2 id="traces-title">Activation</h2>
<p class="hint" id="traces-hint">Nothing has come yet.</p>
<div id="traces"></div>
</section>
<div class="pair">
<section aria-labelledby="psths-title">
<h2 id="psths-title">Around events, so far</h2>
<p class="hint" id="psths-hint">No events yet.</p>
<div id="psths"></div>
</section>
<section aria-labelledby="rates-title">
<h2 id="rates-title">Firing rates, last second</h2>
<p class="hint" id="rates-hint">No spikes are recorded here.</p>
<div id="rates"></div>
</section>
</div>
<section aria-labelledby="triggers-title">
<h2 id="triggers-title">Triggers</h2>
<p class="hint" id="triggers-hint">None yet.</p>
<ol id="triggers" class="triggers"></ol>
</section>
<section aria-labelledby="sources-title">
<h2 id="sources-title">Source</h2>
<div class="scroll"><table><thead id="sources-head"></thead><tbody id="sources"></tbody></table></div>
</section>
</main>
${scripts.map((script) => html`<script>${new Markup(script)}</script>\n`)}</body>
</html>
`;
  const headers = [
    ['Content-Security-Policy', policy],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'DENY'],
    ['Referrer-Policy', 'no-referrer'],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cache-Control', 'no-store'],
  ] as const;
  return { html: page.text, headers };
}

function digest(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
