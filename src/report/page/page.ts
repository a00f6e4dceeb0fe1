import { createHash } from 'node:crypto';
import { html, Markup, scriptJson } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { styleSheet } from './style.ts';

/** One part of the page, with its place in the list of contents. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

export interface PageParts {
  readonly title: string;
  readonly header: Markup;
  /** What stands at the right of the contents, on the screen at all times. */
  readonly chooser: Markup;
  readonly sections: readonly Section[];
  readonly footer: Markup;
  readonly data: PageData;
  readonly script: string;
}

/** By this the start of a page of ours is told from other files. */
export const generator = '<meta name="generator" content="rekindle';

/**
 * The page, which needs no other file, as texts one behind the other: as a whole it would take as much memory again. A
 * policy in it lets a browser run this one script and use this one style sheet, by their digests, and show images that
 * stand in the page; nothing may be fetched or sent anywhere.
 */
export function renderPage(parts: PageParts, version: string): readonly string[] {
  const { title, header, chooser, sections, footer, data, script } = parts;
  if (/<\/script/i.test(script)) throw new Error('the script would end itself');
  const policy = [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(styleSheet)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const before = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
${new Markup(`${generator} ${version}">`)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(styleSheet)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
<header class="top wide">${header}</header>
<nav class="bar" aria-label="Sections and assembly"><div class="wide">
<ol>${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ol>
${chooser}
</div></nav>
<main id="main" class="wide" tabindex="-1">
${sections.map(
  ({ id, title: name, body }, index) => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${index + 1}. ${name}</h2>
${body}
</section>
`,
)}</main>
<footer class="wide">${footer}</footer>
<script type="application/json" id="page-data">`;
  const after = html`</script>
<script>${new Markup(script)}</script>
</body>
</html>
`;
  return [before.text, scriptJson(data).text, after.text];
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
