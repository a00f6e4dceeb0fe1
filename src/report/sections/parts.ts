import { nodeOf } from '../../results/lineage.ts';
import { html, Markup } from '../html.ts';

type Cell = string | number | Markup;

export interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
}

/** A table that may be wider than the screen; nothing where it has no rows. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Markup | undefined {
  if (rows.length === 0) return undefined;
  const cell = (value: Cell | undefined, index: number): Markup =>
    columns[index]?.isNumber
      ? html`<td class="number">${value}</td>`
      : index === 0
        ? html`<th scope="row">${value}</th>`
        : html`<td>${value}</td>`;
  const header = columns.map(({ name, isNumber }) => {
    return html`<th scope="col"${isNumber && new Markup(' class="number"')}>${name}</th>`;
  });
  const body = rows.map((row) => {
    return html`<tr>${columns.map((_, index) => cell(row[index], index))}</tr>\n`;
  });
  return html`<div class="scroll" data-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${header}</tr></thead>
<tbody>${body}</tbody>
</table></div>`;
}

/** The node that some files are of, where there are several of their kind. */
export function heading(prefixes: readonly string[], prefix: string): Markup | undefined {
  return prefixes.length > 1 ? html`<h3>${nodeOf(prefix)}</h3>` : undefined;
}

/** A figure drawn as SVG, which can be moved sideways on a small screen, and what it shows. */
export function figure(svg: string | undefined, caption: string): Markup | undefined {
  if (svg === undefined) return undefined;
  return html`<figure><div class="scroll" data-label="${caption}">${new Markup(svg)}</div>
<figcaption>${caption}</figcaption></figure>`;
}

/** Figures of one thing seen in different ways, of which one is shown at a time. */
export function tabs(
  name: string,
  legend: string,
  panels: readonly { readonly title: string; readonly body: Markup | undefined }[],
): Markup {
  const shown = panels.filter(({ body }) => body !== undefined);
  if (shown.length < 2) return html`${shown.map(({ body }) => body)}`;
  const choices = shown.map(({ title }, index) => {
    const checked = index === 0 && new Markup(' checked');
    const panel = `${name}-${index}`;
    return html`<label><input type="radio" name="${name}" data-shows="${panel}"${checked}> ${title}</label>\n`;
  });
  const bodies = shown.map(({ body }, index) => html`<div id="${name}-${index}">${body}</div>\n`);
  return html`<fieldset class="group controls"><legend>${legend}</legend>
${choices}</fieldset>
${bodies}`;
}

export function note(text: string | Markup): Markup {
  return html`<div class="note"><p>${text}</p></div>`;
}
