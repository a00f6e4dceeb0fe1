import { readPsths } from '../../results/psths.ts';
import { html } from '../html.ts';
import type { Section } from '../page/page.ts';
import type { ReportContext } from './context.ts';
import { figure, note, table } from './parts.ts';
import { grouped, milliseconds, short } from './text.ts';

/** What each assembly does around events. */
export async function eventsSection({ results, draw }: ReportContext): Promise<Section> {
  const { aligned } = results.run;
  const base = { id: 'events', title: 'Around events' };
  if (aligned.length === 0) {
    return {
      ...base,
      body: note('This run averaged over no events (it has no event-align node).'),
    };
  }
  const columns = [
    { name: 'Set' },
    { name: 'Events', isNumber: true },
    { name: 'Used', isNumber: true },
    { name: 'Highest mean', isNumber: true },
    { name: 'of assembly', isNumber: true },
    { name: 'at', isNumber: true },
    { name: 'Convention' },
  ];
  const rows = aligned.map(({ node, nEvents, nUsed, peaks, convention }) => {
    const best = [...peaks]
      .filter(({ mean }) => Number.isFinite(mean))
      .sort((a, b) => b.mean - a.mean)[0];
    return [
      node,
      grouped(nEvents),
      grouped(nUsed),
      short(best?.mean ?? Number.NaN),
      best ? grouped(best.assembly) : '–',
      best ? milliseconds(best.lag) : '–',
      convention,
    ];
  });
  const sets = table('Events that were averaged over', columns, rows);
  const averages = await readPsths(results);
  if (averages.every(({ mean }) => mean.length === 0)) {
    return {
      ...base,
      body: html`${sets}${note('No assemblies were found, so there are no averages to show.')}`,
    };
  }
  const lines = figure(
    await draw('psth'),
    'Mean activation around events: a line per assembly, the mean over assemblies in black, and for few assemblies a band of one standard error.',
  );
  const still = figure(await draw('psth-map'), 'The same as heat maps, a row per assembly.');
  return {
    ...base,
    body: html`${sets}${lines}
<h3>Heat maps</h3>
<div id="average-still">${still}</div>
<div id="average-plots" hidden>
${scaleControls}
<div class="plot"><canvas id="average-maps" tabindex="0" role="application" aria-roledescription="heat map"
 aria-label="Mean activation of each assembly at each lag. Up and down choose an assembly."></canvas></div>
<p class="hint">Point at a cell for its mean activation; click on a row, or <kbd>↑</kbd> <kbd>↓</kbd>, for the assembly below.
Grey cells have no value.</p>
<h3 id="average-title">One assembly</h3>
<div class="plot"><canvas id="average-lines" role="img" aria-labelledby="average-title"></canvas></div>
<p class="hint">Mean and a band of one standard error to either side.</p>
</div>`,
  };
}

const scaleControls = html`<div class="controls">
<div class="group" role="group" aria-label="Colours of averages">
<label>Averages from <input type="number" id="scale-low" value="0" step="0.5"></label>
<label>to <input type="number" id="scale-high" value="5" step="0.5"></label></div>
<div class="group" id="difference-scale" role="group" aria-label="Colours of differences">
<label>Differences to ± <input type="number" id="difference-high" value="5" min="0.001" step="0.5"></label></div>
<div class="group"><button type="button" id="scale-fit">Fit to the data</button>
<button type="button" id="scale-reset">0 to 5</button></div>
</div>`;
