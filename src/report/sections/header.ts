import type { RunSummary } from '../../results/run-json.ts';
import { html, type Markup } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { counted, grouped, lasting } from './text.ts';

/** Name, date and the few numbers to see first. */
export function reportHeader(run: RunSummary, { span }: PageData): Markup {
  const description = /^description:\s*(?:'([^']*)'|"([^"]*)"|(.*))$/m.exec(run.pipeline.text);
  const said = description?.[1] ?? description?.[2] ?? description?.[3];
  const units = run.units.map(({ nKept, nExcluded, nSpikes }) =>
    fact('Units', `${nKept} of ${nKept + nExcluded}`, counted(nSpikes, 'spike')),
  );
  const fits = run.detection
    .filter(({ node }) => !run.sources.some((source) => source.node === node))
    .map(({ node, nAssemblies, method }, _, all) =>
      fact(all.length > 1 ? `Assemblies, ${node}` : 'Assemblies', grouped(nAssemblies), method),
    );
  const nEvents = run.aligned.reduce((sum, one) => sum + one.nUsed, 0);
  const events =
    run.aligned.length > 0
      ? fact(
          'Events averaged',
          grouped(nEvents),
          run.aligned.map(({ node, nUsed }) => `${node} ${grouped(nUsed)}`).join(', '),
        )
      : undefined;
  return html`<p class="kicker">rekindle ${run.rekindle}, run of ${date(run.startedAt)}</p>
<h1>${run.name}</h1>
${said && html`<p class="lead">${said}</p>`}
<dl class="facts">${fact(
    'Recording',
    lasting(span.end - span.start),
    run.sources
      .map(({ paths }) => folderOf(paths[0] ?? ''))
      .filter(Boolean)
      .join(', '),
  )}
${units}${fits}${events}</dl>`;
}

function fact(name: string, value: string, detail: string): Markup {
  return html`<div><dt>${name}</dt><dd>${value}<small>${detail}</small></dd></div>
`;
}

function date(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime())
    ? iso
    : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The name of the folder that a file lies in. */
function folderOf(path: string): string {
  return path.split(/[\\/]/).at(-2) ?? '';
}

/** The list of assemblies that stays on the screen. */
export function assemblyChooser({ projections }: PageData): Markup {
  const options = projections.map(({ title, nAssemblies }, projection) => {
    const list = Array.from(
      { length: nAssemblies },
      (_, k) =>
        html`<option value="${projection}:${k}">${title ? `${title} ` : ''}${k + 1}</option>`,
    );
    return title ? html`<optgroup label="${title}">${list}</optgroup>` : html`${list}`;
  });
  if (projections.every(({ nAssemblies }) => nAssemblies === 0)) return html``;
  return html`<div class="chooser"><label for="assembly">Assembly</label><select id="assembly">${options}</select></div>`;
}
