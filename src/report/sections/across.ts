import { nodeOf } from '../../results/lineage.ts';
import { readPatterns } from '../../results/patterns.ts';
import { groupNamer } from '../../results/unit-groups.ts';
import { html, type Markup } from '../html.ts';
import type { Section } from '../page/page.ts';
import type { ReportContext } from './context.ts';
import { figure, heading } from './parts.ts';

/** Assemblies that reach from one region into another; nothing where all units lie in one. */
export async function acrossSection({
  results,
  draw,
}: ReportContext): Promise<Section | undefined> {
  const parts: Markup[] = [];
  for (const prefix of results.fits) {
    const patterns = await readPatterns(results, prefix);
    const groups = patterns?.units.map(groupNamer(results, nodeOf(prefix))) ?? [];
    if (new Set(groups).size < 2) continue;
    const members = figure(
      await draw('members', { prefix }),
      'Members of each assembly by region.',
    );
    if (members) parts.push(html`${heading(results.fits, prefix)}${members}`);
  }
  const isCompared = results.activations.length > 1 && results.run.aligned.length > 1;
  const peaks = figure(
    isCompared ? await draw('peaks') : undefined,
    'Highest mean activation of each assembly around events, for each fit side by side.',
  );
  if (peaks) parts.push(html`<h3>Peaks of the fits</h3>${peaks}`);
  for (const prefix of results.correlations) {
    const matrix = figure(
      await draw('correlation', { prefix }),
      'Correlations between units; pairs within a group are left white, red lines are borders of groups.',
    );
    if (matrix) parts.push(html`<h3>Correlations ${nodeOf(prefix)}</h3>${matrix}`);
  }
  if (parts.length === 0) return undefined;
  return { id: 'across', title: 'Across regions', body: html`${parts}` };
}
