import { detectionOf } from '../../results/lineage.ts';
import type { Detection } from '../../results/run-json.ts';
import { html, type Markup } from '../html.ts';
import type { Section } from '../page/page.ts';
import type { ReportContext } from './context.ts';
import { figure, heading, note, table } from './parts.ts';
import { counted, grouped, milliseconds, short } from './text.ts';

/** How many assemblies there are, and how sure that is. */
export async function detectionSection({ results, draw }: ReportContext): Promise<Section> {
  const parts: Markup[] = [];
  for (const prefix of results.fits) {
    const found = detectionOf(results, prefix);
    const spectrum = await draw('spectrum', { prefix, size: 'half' });
    const isEmpty = found?.nAssemblies === 0;
    const convergence = isEmpty ? undefined : await draw('convergence', { prefix, size: 'half' });
    const stability = isEmpty ? undefined : await draw('stability', { prefix, size: 'half' });
    parts.push(html`${heading(results.fits, prefix)}
${found && summarize(found)}
<div class="pair">
${figure(spectrum, 'Eigenvalues, largest first, and the bound that those of assemblies exceed.')}
${figure(convergence, 'How far each iteration of ICA still turned the patterns; below the tolerance it has converged.')}
${figure(stability, 'How well each pattern returns in the other half of the data or from other starts: |cosine|, 1 for the same.')}
</div>
${found && factTable(found)}`);
  }
  const body =
    parts.length > 0
      ? html`${parts}`
      : note('No patterns were fitted in this run; they came from elsewhere.');
  return { id: 'detection', title: 'Detection', body };
}

function summarize({
  nAssemblies,
  nUnits,
  nBins,
  binSize,
  ica,
  bound,
  boundMethod,
  eigenvaluesAboveBound,
  warnings,
}: Detection): Markup {
  const nAbove = eigenvaluesAboveBound.length;
  const above =
    nAbove === 0
      ? 'no eigenvalue exceeds'
      : nAbove === 1
        ? '1 eigenvalue exceeds'
        : `${grouped(nAbove)} eigenvalues exceed`;
  const found =
    nAssemblies === 0
      ? 'No assemblies were found'
      : `${counted(nAssemblies, 'assembly', 'assemblies')} ${nAssemblies === 1 ? 'was' : 'were'} found`;
  const convergence =
    ica && !ica.isConverged
      ? note(`ICA did not converge in ${ica.nIterations} iterations.`)
      : undefined;
  return html`<p><strong>${found}</strong> in ${counted(nBins, 'bin')} of ${milliseconds(binSize)} and
${counted(nUnits, 'unit')}: ${above} the bound of ${short(bound)} (${boundMethod}).</p>
${convergence}${warnings.map((text) => note(text))}`;
}

function factTable(found: Detection): Markup | undefined {
  const {
    method,
    memberRule,
    constantUnits,
    eigenvaluesAboveBound: above,
    ica,
    shuffled,
    structure,
    groups,
  } = found;
  const rows: [string, string][] = [['Method', method]];
  if (structure && structure !== 'all') rows.push(['Structure', structure]);
  if (groups)
    rows.push([
      'Groups',
      [...groups].map(([name, n]) => `${name || '(no region)'}: ${n}`).join(', '),
    ]);
  rows.push([
    'Eigenvalues above the bound',
    above.map((value) => value.toFixed(3)).join(', ') || 'none',
  ]);
  if (ica)
    rows.push([
      'ICA',
      `${counted(ica.nIterations, 'iteration')}, ${ica.isConverged ? 'converged' : 'not converged'}`,
    ]);
  if (memberRule) rows.push(['Members by', memberRule]);
  if (shuffled) {
    const { nShuffles, median, most, pValuesAboveBound: p } = shuffled;
    rows.push([
      'Shuffles',
      `${grouped(nShuffles)}; largest eigenvalue ${short(median)} in the median, ${short(most ?? Number.NaN)} at most`,
    ]);
    rows.push(['p-values above the bound', p.map(short).join(', ') || 'none']);
  }
  if (constantUnits.length > 0)
    rows.push(['Constant units, of weight 0', constantUnits.join(', ')]);
  return table('The fit', [{ name: 'What' }, { name: 'Value' }], rows);
}
