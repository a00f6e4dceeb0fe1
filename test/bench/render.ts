import type { BoundResult, FigureResult, Results } from './results.ts';
import type { Spread } from './statistics.ts';

/** The figures as text for a terminal. */
export function renderResults({ figures, rounds, isQuick, machine }: Results): string {
  const head = isQuick
    ? `QUICK: small recordings, ${rounds} rounds; for trying things out, not for telling`
    : `medians of ${rounds} rounds (least to most)`;
  const place = `${machine.cpu}, ${machine.cores} cores, ${machine.node}, load ${machine.loadAverage}`;
  const width = Math.max(0, ...figures.map(({ name }) => name.length));
  const lines = [head, place];
  const [load, cores] = [Number(machine.loadAverage), Number(machine.cores)];
  if (load > cores / 2) {
    lines.push('the machine was busy before: trust ratios by cpu time more than others');
  }
  let group = '';
  for (const figure of figures) {
    if (figure.group !== group) lines.push('', figure.group);
    group = figure.group;
    lines.push(...renderFigure(figure, width));
  }
  const judged = figures.flatMap(({ bounds }) => bounds.filter(({ isMet }) => isMet !== undefined));
  const nMet = judged.filter(({ isMet }) => isMet).length;
  if (judged.length > 0) lines.push('', `${nMet} of ${judged.length} targets met`);
  return lines.join('\n');
}

function renderFigure(figure: FigureResult, width: number): string[] {
  const { name, seconds, peakRssBytes, bounds } = figure;
  const cpu = `${secondsText(figure.cpuSeconds.median)} s cpu`;
  const first = `  ${name.padEnd(width)}  ${spreadText(seconds)}, ${cpu}, ${mebibytes(peakRssBytes.max)} peak`;
  return [first, ...bounds.map((bound) => `  ${' '.repeat(width)}    ${boundText(bound)}`)];
}

export function boundText(bound: BoundResult): string {
  const { value, per, to, result, cpuResult, most, within, isMet } = bound;
  const what = `${nameOf(value)}${per ? ` per ${oneOf(per)}` : ''}${to ? ` / ${to}` : ''}`;
  const number = (x: number) => (to === undefined ? amount(value, x) : x.toFixed(2));
  const target =
    most !== undefined
      ? ` (target ${number(most)}: ${isMet ? 'met' : 'MISSED'})`
      : within !== undefined
        ? ` (target within ${((within - 1) * 100).toFixed(0)} %: ${isMet ? 'met' : 'MISSED'})`
        : '';
  const cpu = cpuResult === undefined ? '' : `, ${cpuResult.toFixed(2)} by cpu time`;
  return `${what} ${number(result)}${cpu}${target}`;
}

export function spreadText({ min, median, max }: Spread): string {
  return `${secondsText(median)} s (${secondsText(min)} to ${secondsText(max)})`;
}

export function secondsText(seconds: number): string {
  return seconds >= 100
    ? seconds.toFixed(0)
    : seconds >= 1
      ? seconds.toFixed(2)
      : seconds.toFixed(4);
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

function amount(value: string, x: number): string {
  return value.endsWith('ytes') ? mebibytes(x) : secondsText(x);
}

function nameOf(value: string): string {
  if (value === 'peakRssBytes') return 'peak memory';
  return value === 'seconds' ? 'time' : value;
}

function oneOf(count: string): string {
  if (count === 'hours') return 'hour';
  return count === 'nShuffles' ? 'shuffle' : count;
}
