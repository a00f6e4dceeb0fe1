import type { Gathered } from '../gather.ts';
import { html, Markup } from '../html.ts';
import type { Section } from '../page/page.ts';
import type { PageData, PageSpikes } from '../page-data.ts';
import { note } from './parts.ts';
import { counted, milliseconds, short } from './text.ts';

/** The plots over time; what they show is drawn by the page's script. */
export function activationSection({ data, leftOut }: Gathered): Section {
  const nAssemblies = data.projections.reduce((sum, one) => sum + one.nAssemblies, 0);
  const id = 'activation';
  const title = 'Activation';
  if (nAssemblies === 0) {
    return {
      id,
      title,
      body: note('No assemblies were found, so there is no activation to show.'),
    };
  }
  const body = html`<p>How strongly each assembly is active over the whole session. The overview holds a row
per assembly, dark where it is active, each row up to its own maximum. Below it is the chosen assembly; drag over a span
to zoom into it.</p>
${leftOut.map((reason) => note(`Left out. ${reason} Everything else is complete.`))}
<noscript>${note('These plots need JavaScript, which is switched off. Other figures do not.')}</noscript>
<h3>All assemblies</h3>
${plot('overview', 'Activation of all assemblies over the session. Up and down choose an assembly, left and right move, plus and minus zoom.')}
<h3 id="timeline-title">The chosen assembly</h3>
${controls(data)}
${plot('timeline', 'Activation of the chosen assembly and spikes of its members. Left and right move, plus and minus zoom, 0 shows the whole session, n and p go to the next and the previous.')}
<p class="status" id="view-status" aria-live="polite"></p>
<p class="status" id="target-status" aria-live="polite"></p>
<p class="hint">Drag to zoom, <kbd>shift</kbd> and drag to move; the wheel zooms after a click on the plot.
Keys: <kbd>←</kbd> <kbd>→</kbd> <kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd>, <kbd>↑</kbd> <kbd>↓</kbd> for another assembly,
<kbd>n</kbd> <kbd>p</kbd> for the next and the previous event. ${resolution(data).join(' ')}</p>
${data.spikes && eventSpikes(data, data.spikes)}`;
  return { id, title, body };
}

/** A plot over time that keys and pointer steer. */
function plot(id: string, label: string): Markup {
  return html`<div class="plot"><canvas id="${id}" class="grab" tabindex="0" role="application"
 aria-roledescription="plot over time" aria-label="${label}"></canvas></div>`;
}

function controls(data: PageData): Markup {
  const toggle = (name: string, label: string, isThere: boolean): Markup | undefined =>
    isThere
      ? html`<label><input type="checkbox" id="show-${name}" checked> ${label}</label>`
      : undefined;
  return html`<div class="controls">
<div class="group" role="group" aria-label="Zoom and move">
<button type="button" id="zoom-in" aria-label="Zoom in">+</button>
<button type="button" id="zoom-out" aria-label="Zoom out">−</button>
<button type="button" id="pan-left" aria-label="Move to earlier times">←</button>
<button type="button" id="pan-right" aria-label="Move to later times">→</button>
<button type="button" id="whole">Whole session</button>
</div>
<div class="group" role="group" aria-label="Go to">
<label for="target">Go to</label>
<select id="target"><option value="peaks">strongest activations</option>${eventOptions(data)}</select>
<button type="button" id="previous-target" aria-label="Previous">‹ previous</button>
<button type="button" id="next-target" aria-label="Next">next ›</button>
</div>
<fieldset class="group"><legend>Show</legend>
${toggle('epochs', 'epochs', data.epochs.length > 0)}
${toggle('states', 'states', data.states.length > 0)}
${toggle('events', 'events', data.events.length > 0)}
${toggle('spikes', 'spikes', data.spikes !== null)}
<label><input type="checkbox" id="fixed-scale"> same scale everywhere</label>
</fieldset>
</div>`;
}

function eventOptions({ events }: PageData, chosen?: string): Markup[] {
  return events.map(({ name, isAligned, nEvents }, index) => {
    const kind = isAligned ? 'averaged over' : 'recorded';
    const selected = name === chosen && isAligned && new Markup(' selected');
    return html`<option value="${index}"${selected}>${name} (${kind}, ${nEvents})</option>`;
  });
}

/** How fine the page is, a sentence each. */
function resolution({ projections, spikes }: PageData): string[] {
  const told = projections.flatMap(({ pyramid, title }) => {
    if (!pyramid) return [];
    const start = title ? `${title}: e` : 'E';
    if (pyramid.isExact) return [`${start}very bin is here (${milliseconds(pyramid.width)}).`];
    return [
      `${start}very ${short(pyramid.width)} s has its minimum and maximum here, and every bin is here around the strongest activations and some events.`,
    ];
  });
  if (spikes) {
    const step = short(spikes.density.width);
    told.push(`Darker rows are higher rates, in steps of ${step} s.`);
    told.push('Single spikes are here on a tinted ground.');
  }
  return told;
}

function eventSpikes(data: PageData, { halfWidth, units }: PageSpikes): Markup {
  const after = data.differences[0]?.after;
  const chosen = after === undefined ? undefined : data.psths[after]?.name;
  return html`<h3>Spikes of the members around events</h3>
<p>Each row is one event; above is the mean rate of a member. The page carries the spikes of
${counted(units.length, 'unit')} within ${short(halfWidth)} s of as many events as there is room for, chosen evenly over
the session, and of the strongest activations.</p>
<div class="controls"><div class="group"><label for="raster-events">Around</label>
<select id="raster-events">${eventOptions(data, chosen)}
<option value="peaks">strongest activations</option></select></div></div>
<div class="plot"><canvas id="event-raster" role="img" aria-labelledby="raster-status"></canvas></div>
<p class="status" id="raster-status" aria-live="polite"></p>`;
}
