import { stringify } from 'yaml';
import type { RunSummary } from '../../results/run-json.ts';
import { html, type Markup } from '../html.ts';
import type { Section } from '../page/page.ts';
import type { ReportContext } from './context.ts';
import { figure, table } from './parts.ts';
import { grouped, short } from './text.ts';

/** How the results were made, so that they can be made again. */
export async function provenanceSection({ results, draw }: ReportContext): Promise<Section> {
  const { run } = results;
  const parameters = [...run.parameters].map(([name, { value, isSet }]) => [
    name,
    showValue(value),
    isSet ? 'set for this run' : 'default',
  ]);
  const digests = run.sources.flatMap(({ node, digests: files }) =>
    files.map(({ name, sha256, bytes }) => [
      node,
      name,
      grouped(bytes),
      html`<code>${sha256}</code>`,
    ]),
  );
  const paths = run.sources.flatMap(({ node, paths: files }) =>
    files.map((path) => [node, html`<code>${path}</code>`]),
  );
  const notes = [...run.notes]
    .sort((a, b) => Number(b.level === 'warning') - Number(a.level === 'warning'))
    .map(({ node, level, message }) => [level === 'warning' ? 'warning' : 'note', node, message]);
  const passes = run.passes.map(({ number, nodes, seconds, peakMemory }) => [
    grouped(number),
    nodes.join(', '),
    `${short(seconds)} s`,
    `${grouped(Math.round(peakMemory / 1e6))} MB`,
  ]);
  const machine = [...run.machine].map(([name, value]) => [name, showValue(value)]);
  const number = (name: string) => ({ name, isNumber: true });
  const text = (name: string) => ({ name });
  const noteTable = table('Warnings and notes', ['Kind', 'Node', 'What'].map(text), notes);
  const parameterTable = table('Parameters', ['Name', 'Value', 'From'].map(text), parameters);
  const fileColumns = [text('Node'), text('File'), number('Bytes'), text('SHA-256')];
  const passColumns = [text('Pass'), text('Nodes'), number('Time'), number('Peak memory')];
  const drawn = figure(
    await draw('graph'),
    'The graph of the pipeline: nodes, what flows between them, and the passes they run in.',
  );
  const body = html`${drawn}
${noteTable}
${parameterTable}
${folded('The pipeline as it was written', html`<p class="hint"><code>${run.pipeline.path}</code></p>${code('Pipeline', run.pipeline.text)}`)}
${folded('The pipeline as it was resolved', code('Resolved pipeline', resolvedYaml(run)))}
${folded(
  'Inputs and their digests',
  html`${table('Files read', fileColumns, digests)}
${table('Where they were', ['Node', 'Path'].map(text), paths)}`,
)}
${folded(
  'Time, memory and machine',
  html`<div class="pair">${table('Passes', passColumns, passes)}
${table('Machine', ['What', 'Value'].map(text), machine)}</div>`,
)}`;
  return { id: 'provenance', title: 'Provenance', body };
}

function folded(title: string, body: Markup): Markup {
  return html`<details><summary>${title}</summary>${body}</details>`;
}

function code(label: string, text: string): Markup {
  return html`<pre tabindex="0" role="group" aria-label="${label}">${text}</pre>`;
}

/** The pipeline with every parameter put in, every path made whole and every default written out. */
function resolvedYaml({ name, nodes }: RunSummary): string {
  const entries = nodes.map(({ id, op, options, inputs }) => {
    const wires = inputs.size > 0 ? { inputs: Object.fromEntries(inputs) } : {};
    return [id, { op, ...wires, ...Object.fromEntries(options) }];
  });
  return stringify({ version: 1, name, nodes: Object.fromEntries(entries) });
}

function showValue(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(showValue).join(', ') : (JSON.stringify(value) ?? '');
}
