import { boundText, mebibytes, secondsText } from './render.ts';
import type { FigureResult, Results } from './results.ts';

export const beginMarker = '<!-- benchmarks: made by npm run bench -- --readme -->';
export const endMarker = '<!-- /benchmarks -->';

/** A group's name and what it says of itself. */
export interface GroupHead {
  readonly name: string;
  readonly says: string;
}

/**
 * The figures as Markdown: where and when, then a table per group.
 * @throws Error for figures of small recordings
 */
export function renderTables(results: Results, groups: readonly GroupHead[]): string {
  const { machine, versions, rounds, figures, date, isQuick } = results;
  if (isQuick) throw new Error('figures of small recordings (--quick) are not for telling');
  const memory = `${(Number(machine.memoryBytes) / 2 ** 30).toFixed(0)} GiB`;
  const code = `rekindle ${versions.rekindle}${versions.commit ? ` (${versions.commit})` : ''}`;
  const head =
    `${date.slice(0, 10)}, ${code}, Node.js ${machine.node}, ${machine.cpu}, ${machine.cores} cores, ${memory}, ` +
    `${machine.platform}; load average before: ${machine.loadAverage}. Medians of ${rounds} rounds (least to most).`;
  const tables = groups.flatMap(({ name, says }) => {
    const own = figures.filter(({ group }) => group === name);
    if (own.length === 0) return [];
    const rows = own.map(renderRow);
    const columns = '| figure | | seconds | peak memory | held against |';
    return [
      [`**${name}.** ${escaped(says)}`, '', columns, '|---|---|---|---|---|', ...rows].join('\n'),
    ];
  });
  return [head, ...tables].join('\n\n');
}

function renderRow({ name, says, seconds, peakRssBytes, counts, bounds }: FigureResult): string {
  const { min, median, max } = seconds;
  const time = `${secondsText(median)} (${secondsText(min)} to ${secondsText(max)})`;
  const size = counts.bytes === undefined ? [] : [`${mebibytes(counts.bytes)} written`];
  const against = [...bounds.map(boundText), ...size].join('<br>');
  const cells = [`\`${name}\``, escaped(says), time, mebibytes(peakRssBytes.max), escaped(against)];
  return `| ${cells.join(' | ')} |`;
}

/**
 * Puts `tables` between the markers of a text.
 * @throws Error when the markers are not there, once each and in order
 */
export function replaceBetweenMarkers(text: string, tables: string): string {
  const begin = text.indexOf(beginMarker);
  const end = text.indexOf(endMarker);
  const isOnce = text.indexOf(beginMarker, begin + 1) < 0 && text.indexOf(endMarker, end + 1) < 0;
  if (begin < 0 || end < begin || !isOnce) {
    throw new Error(`no place for the tables: expected ${beginMarker} and ${endMarker}, once each`);
  }
  return `${text.slice(0, begin + beginMarker.length)}\n${tables}\n${text.slice(end)}`;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
