import { formatDuration } from '../model/duration.ts';
import type { RunSummary } from './run-summary.ts';

/** The closing summary of a run, for people. */
export function renderRun(summary: RunSummary, peakMemory: number): string {
  const lines: string[] = [''];
  const row = (label: string, text: string): void => {
    lines.push(`${label.padEnd(12)}${text}`);
  };
  for (const { nKept, nExcluded, kept, excluded, nSpikes } of summary.units) {
    row('units', `${nKept} of ${nKept + nExcluded} kept, ${nSpikes.toLocaleString('en')} spikes`);
    for (const [what, n] of Object.entries(kept)) row('', `${String(n).padStart(4)}  ${what}`);
    for (const [why, n] of Object.entries(excluded))
      row('', `${String(n).padStart(4)}  left out: ${why}`);
  }
  for (const { epochs, roles, domain } of summary.epochs) {
    row('recording', formatDuration(domain.end - domain.start));
    epochs.forEach(({ name, environment, start, end }, index) => {
      const role = roles && Object.entries(roles).find(([, at]) => at === index)?.[0];
      const what = [environment, role].filter(Boolean).join(', ');
      row(
        '',
        `epoch[${index}] ${name}${what ? ` (${what})` : ''}: ${seconds(start)} to ${seconds(end)} s`,
      );
    });
  }
  for (const found of summary.detection) renderDetection(found, row);
  for (const { node, nEvents, nUsed, peaks, meanOfPeaks, convention } of summary.aligned) {
    const best = peaks
      .filter(({ mean }) => mean !== null)
      .sort((a, b) => (b.mean ?? 0) - (a.mean ?? 0))[0];
    const peak = best
      ? `; highest mean ${fixed(best.mean)} at ${fixed(best.lag, 3)} s, assembly ${best.assembly}; mean of peaks ${fixed(meanOfPeaks)}`
      : '';
    row('events', `${node}: ${nUsed} of ${nEvents} used (${convention})${peak}`);
  }
  for (const { node, counts, latency } of summary.live) {
    const told = Object.entries(counts).filter(([, n]) => n > 0);
    row(
      'live',
      `${node}: ${told.map(([name, n]) => `${name} ${n.toLocaleString('en')}`).join(', ')}`,
    );
    if (latency) {
      const times = [latency.p50Ms, latency.p99Ms, latency.maxMs].map((ms) => fixed(ms)).join(', ');
      row('', `from message to row in ms: median, 99 %, most ${times}`);
    }
  }
  const warnings = summary.notes.filter(({ level }) => level === 'warning');
  for (const { node, message } of warnings) row('warning', `${node}: ${message}`);
  for (const { node, message } of summary.notes.filter(({ level }) => level === 'info'))
    row('note', `${node}: ${message}`);
  const bytes = summary.files.reduce((sum, file) => sum + file.bytes, 0);
  row('files', `${summary.folder} (${summary.files.length} files, ${megabytes(bytes)} MB)`);
  const passes = summary.passes
    .map((pass) => `pass ${pass.number} ${fixed(pass.seconds)}`)
    .join(', ');
  row(
    'time',
    `${fixed(summary.seconds)} s (reading ${fixed(summary.loadSeconds)}, ${passes}); peak memory ${megabytes(peakMemory)} MB`,
  );
  return lines.join('\n');
}

function renderDetection(
  found: RunSummary['detection'][number],
  row: (label: string, text: string) => void,
): void {
  const { node, method, nBins, binSize, nUnits, constantUnits, assemblies, ica } = found;
  const constant =
    constantUnits.length > 0
      ? `, ${constantUnits.length} constant (unit ${list(constantUnits)})`
      : '';
  // Patterns from a file do not say on what they were fitted.
  const isFitted = method !== 'file';
  const fitted = isFitted
    ? `${nBins.toLocaleString('en')} bins of ${binSize * 1000} ms, ${nUnits} units`
    : `${nUnits} units`;
  row('assemblies', `${node}: ${fitted}${constant}${describeGroups(found)}`);
  if (isFitted && nUnits > constantUnits.length) row('', describeBound(found));
  const { shuffled } = found;
  if (shuffled) {
    const { least, median, most, nShuffles, pValuesAboveBound } = shuffled;
    const range = [least, median, most].map((value) => fixed(value ?? null, 4)).join(', ');
    const p = pValuesAboveBound.map((value) => value.toPrecision(2)).join(' ') || 'none above';
    row('', `${nShuffles.toLocaleString('en')} shuffles: least, median, most ${range}; p ${p}`);
  }
  if (assemblies.length === 0) row('', 'no assemblies found');
  else {
    const steps = ica
      ? ` in ${ica.nIterations} iterations${ica.isConverged ? '' : ', not converged'}`
      : '';
    row('', `${assemblies.length} ${isFitted ? 'found by' : 'from a'} ${method}${steps}`);
  }
  for (const { assembly, valid, members } of assemblies) {
    const regions = new Map<string, number[]>();
    for (const { id, region } of members) regions.set(region, [...(regions.get(region) ?? []), id]);
    const text = [...regions].map(([region, ids]) => `${region || 'unit'} ${list(ids)}`).join('; ');
    row(
      '',
      `${String(assembly).padStart(4)}  ${members.length} members: ${text || 'none'}${valid ? '' : '  (signs differ)'}${steadiness(found, assembly - 1)}`,
    );
  }
  for (const warning of found.warnings) row('warning', `${node}: ${warning}`);
}

/** Between which groups pairs of units count, where not all pairs do. */
function describeGroups({ structure, groups }: RunSummary['detection'][number]): string {
  if (!groups) return '';
  const sizes = Object.entries(groups).map(([name, size]) => `${name} ${size}`);
  return `; across ${sizes.join(', ')} (${structure})`;
}

/** What is known of how surely an assembly is found again. */
function steadiness(
  { stability, restartStability, withinShare }: RunSummary['detection'][number],
  k: number,
): string {
  const halves = stability ? `; halves agree ${fixed(stability[k] ?? null)}` : '';
  const within = withinShare ? `; ${Math.round(100 * (withinShare[k] ?? 0))} % within groups` : '';
  const restarts = restartStability ? `; restarts agree ${fixed(restartStability[k] ?? null)}` : '';
  return `${within}${halves}${restarts}`;
}

function describeBound(found: RunSummary['detection'][number]): string {
  const { bound, bounds, boundMethod, largestBelowBound } = found;
  if (bounds) {
    const own = bounds.map((value) => fixed(value, 3)).join(', ');
    return `bounds ${own} (${boundMethod}), one for each singular value`;
  }
  const above = found.eigenvaluesAboveBound.map((value) => fixed(value, 3)).join(', ') || 'none';
  const below = largestBelowBound === undefined ? '' : `, next ${fixed(largestBelowBound, 3)}`;
  return `bound ${fixed(bound, 4)} (${boundMethod}); eigenvalues above it: ${above}${below}`;
}

function list(ids: readonly number[]): string {
  return ids.join(' ');
}

function seconds(value: number): string {
  return String(Number(value.toFixed(3)));
}

function fixed(value: number | null, digits = 2): string {
  return value === null ? '-' : value.toFixed(digits);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0);
}
