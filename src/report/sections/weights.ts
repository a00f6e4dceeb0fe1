import { readPatterns } from '../../results/patterns.ts';
import { listMembers } from '../gather-tables.ts';
import { html, type Markup } from '../html.ts';
import type { Section } from '../page/page.ts';
import type { PageMember } from '../page-data.ts';
import type { ReportContext } from './context.ts';
import { figure, heading, note, table, tabs } from './parts.ts';
import { grouped } from './text.ts';

/** Which units make up each assembly. */
export async function weightsSection({ results, draw }: ReportContext): Promise<Section> {
  const parts: Markup[] = [];
  for (const [index, prefix] of results.fits.entries()) {
    const patterns = await readPatterns(results, prefix);
    const nAssemblies = patterns?.weights.length ?? 0;
    if (!patterns || nAssemblies === 0) {
      parts.push(
        html`${heading(results.fits, prefix)}${note('No assemblies were found, so there are no weights to show.')}`,
      );
      continue;
    }
    const stems = figure(
      await draw('weights', { prefix }),
      'Weight of each unit in each assembly; members in colour. Point at a unit for its id, region and weight.',
    );
    const map = figure(
      await draw('weights-map', { prefix }),
      'The same weights as a heat map: a row per unit, a column per assembly.',
    );
    const members = listMembers(patterns, nAssemblies);
    parts.push(html`${heading(results.fits, prefix)}
<div data-fit="${prefix}">${tabs(`weights-${index}`, 'Show as', [
      { title: 'stems', body: stems },
      { title: 'heat map', body: map },
    ])}</div>
<details><summary>Members of each assembly</summary>${memberTable(members, patterns.valid)}</details>`);
  }
  const body =
    parts.length > 0
      ? html`${parts}`
      : note('The patterns of this run came from elsewhere; its files do not hold their weights.');
  return { id: 'weights', title: 'Weights', body };
}

function memberTable(members: readonly (readonly PageMember[])[], valid: Uint8Array) {
  const columns = [
    { name: 'Assembly' },
    { name: 'Members', isNumber: true },
    { name: 'Unit, region (weight)' },
    { name: 'Valid' },
  ];
  const rows = members.map((list, k) => [
    grouped(k + 1),
    grouped(list.length),
    list
      .map(
        ({ unit, region, weight }) => `${unit}${region ? ` ${region}` : ''} (${weight.toFixed(3)})`,
      )
      .join(', ') || 'none',
    valid[k] ? 'yes' : 'no: members differ in sign, or there are none',
  ]);
  return table('Members, the one of greatest weight first', columns, rows);
}
