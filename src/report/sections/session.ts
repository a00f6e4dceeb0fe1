import { type RecordedUnit, type Recording, readRecording } from '../../results/recording.ts';
import { html } from '../html.ts';
import type { Section } from '../page/page.ts';
import type { ReportContext } from './context.ts';
import { figure, heading, note, table } from './parts.ts';
import { clock, grouped, lasting, short } from './text.ts';

const group = { name: 'Region, type' };
const nUnits = { name: 'Units', isNumber: true };
const nSpikes = { name: 'Spikes', isNumber: true };

/** What was recorded, what of it was used, and what was left out and why. */
export async function sessionSection({ results, draw }: ReportContext): Promise<Section> {
  const { run } = results;
  const prefixes = results.recordings.length > 0 ? results.recordings : [''];
  const recordings = [];
  for (const prefix of prefixes) {
    const recording = await readRecording(results, prefix);
    const drawn = await draw('session', { prefix });
    const caption =
      'Epochs and brain states over the recording, the rate of ripples or other events, and the units by region and type.';
    recordings.push(html`${heading(prefixes, prefix)}${figure(drawn, caption)}
<div class="pair">
${table('Units kept', [group, nUnits, nSpikes], tallyUnits(recording, true))}
${table('Units left out', [group, { name: 'Why' }, nUnits], tallyUnits(recording, false))}
</div>
${epochTable(recording)}`);
  }
  const warnings = run.notes
    .filter(({ level }) => level === 'warning')
    .map(({ node, message }) => note(`${node}: ${message}`));
  return {
    id: 'session',
    title: 'Session',
    body: html`${warnings}${recordings}${droppedTable(run.notes)}`,
  };
}

/** Units by region and type, and for those left out the reason; most frequent first. */
function tallyUnits(recording: Recording | undefined, isKept: boolean): string[][] {
  const rows = new Map<string, { unit: RecordedUnit; n: number; nSpikes: number }>();
  for (const unit of recording?.units ?? []) {
    if (unit.isKept !== isKept) continue;
    const key = JSON.stringify([unit.region, unit.cellType, unit.reason]);
    const known = rows.get(key) ?? { unit, n: 0, nSpikes: 0 };
    known.n++;
    known.nSpikes += unit.nSpikes;
    rows.set(key, known);
  }
  return [...rows.values()]
    .sort((a, b) => b.n - a.n)
    .map(({ unit: { region, cellType, reason }, n, nSpikes }) => {
      const what = `${region || '(no region)'}, ${cellType || '(no type)'}`;
      return isKept ? [what, grouped(n), grouped(nSpikes)] : [what, reason, grouped(n)];
    });
}

function epochTable(recording: Recording | undefined) {
  const columns = [
    { name: 'Epoch' },
    { name: 'Environment' },
    { name: 'Role' },
    { name: 'Start', isNumber: true },
    { name: 'End', isNumber: true },
    { name: 'Duration', isNumber: true },
  ];
  const rows = (recording?.epochs ?? []).map(({ name, environment, role, start, end }) => {
    return [name, environment, role, clock(start), clock(end), lasting(end - start)];
  });
  return table('Epochs (h:mm:ss)', columns, rows);
}

/** Time behind the last whole bin of each stretch, which no bin holds. */
function droppedTable(notes: ReportContext['results']['run']['notes']) {
  const rows = notes
    .filter(({ code }) => code === 'TIME_DROPPED')
    .map(({ node, data }) => [
      node,
      `${short(Number(data?.get('seconds') ?? Number.NaN))} s`,
      grouped(Number(data?.get('nRuns') ?? Number.NaN)),
      grouped(Number(data?.get('nShortRuns') ?? 0)),
    ]);
  const columns = [
    { name: 'Node' },
    { name: 'Time dropped', isNumber: true },
    { name: 'Stretches', isNumber: true },
    { name: 'Shorter than a bin', isNumber: true },
  ];
  return table('Time that lies behind the last whole bin', columns, rows);
}
