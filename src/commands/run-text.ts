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
  for (const { node, nEvents, nUsed, peaks, convention } of summary.aligned) {
    const best = peaks
      .filter(({ mean }) => mean !== null)
      .sort((a, b) => (b.mean ?? 0) - (a.mean ?? 0))[0];
    const peak = best
      ? `; highest mean ${fixed(best.mean)} at ${fixed(best.lag, 3)} s, assembly ${best.assembly}`
      : '';
    row('events', `${node}: ${nUsed} of ${nEvents} used (${convention})${peak}`);
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
  row(
    'assemblies',
    `${node}: ${nBins.toLocaleString('en')} bins of ${binSize * 1000} ms, ${nUnits} units${constant}`,
  );
  if (nUnits > constantUnits.length) row('', describeBound(found));
  if (assemblies.length === 0) row('', 'no assemblies found');
  else {
    const steps = ica
      ? ` in ${ica.nIterations} iterations${ica.isConverged ? '' : ', not converged'}`
      : '';
    row('', `${assemblies.length} found by ${method}${steps}`);
  }
  for (const { assembly, valid, members } of assemblies) {
    const regions = new Map<string, number[]>();
    for (const { id, region } of members) regions.set(region, [...(regions.get(region) ?? []), id]);
    const text = [...regions].map(([region, ids]) => `${region || 'unit'} ${list(ids)}`).join('; ');
    row(
      '',
      `${String(assembly).padStart(4)}  ${members.length} members: ${text || 'none'}${valid ? '' : '  (signs differ)'}`,
    );
  }
  for (const warning of found.warnings) row('warning', `${node}: ${warning}`);
}

function describeBound(found: RunSummary['detection'][number]): string {
  const { bound, boundMethod, largestBelowBound } = found;
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
