import { mebibytes, secondsText } from './render.ts';
import type { FigureResult, Results } from './results.ts';

/** One figure against the same of an earlier file. */
export interface Comparison {
  readonly name: string;
  /** What is compared: `time / parquet-alone-10ms`, or `time` where there is nothing to hold it against. */
  readonly what: string;
  readonly base: number;
  readonly now: number;
  /** Now over base: above 1 is worse. */
  readonly ratio: number;
  /** Undefined where machines differ and the figure is plain time: then it is only told. */
  readonly isWorse: boolean | undefined;
}

/**
 * Holds figures against those of an earlier file: time as the ratio to what the figure is held against, which a faster
 * machine does not change, else plain; and peak memory. Figures that only one of the files has are left out.
 * @param margin part by which a figure may be worse
 * @throws Error when one of the files is of small recordings and the other is not
 */
export function compareResults(base: Results, now: Results, margin: number): Comparison[] {
  if (base.isQuick !== now.isQuick) {
    throw new Error('figures of small recordings (--quick) and of whole ones do not compare');
  }
  const isSameMachine = (['cpu', 'cores', 'node'] as const).every(
    (key) => base.machine[key] === now.machine[key],
  );
  return now.figures.flatMap((figure) => {
    const earlier = base.figures.find(({ name }) => name === figure.name);
    if (!earlier) return [];
    const time = compareTime(earlier, figure);
    const memory = {
      what: 'peak memory',
      base: earlier.peakRssBytes.max,
      now: figure.peakRssBytes.max,
    };
    return [time, memory].map(({ what, ...pair }) => {
      const ratio = pair.now / pair.base;
      const isTold = what === 'time' && !isSameMachine;
      const isWorse = isTold ? undefined : !(ratio <= 1 + margin);
      return { name: figure.name, what, ...pair, ratio, isWorse };
    });
  });
}

function compareTime(earlier: FigureResult, figure: FigureResult) {
  for (const { value, per, to, result } of figure.bounds) {
    if (value !== 'seconds' || to === undefined) continue;
    const same = earlier.bounds.find((b) => b.value === value && b.to === to && b.per === per);
    if (same) return { what: `time / ${to}`, base: same.result, now: result };
  }
  return { what: 'time', base: earlier.seconds.median, now: figure.seconds.median };
}

export function renderComparison(comparisons: readonly Comparison[], margin: number): string {
  const width = Math.max(0, ...comparisons.map(({ name }) => name.length));
  const lines = comparisons.map(({ name, what, base, now, ratio, isWorse }) => {
    const text = (x: number) =>
      what === 'peak memory'
        ? mebibytes(x)
        : what === 'time'
          ? `${secondsText(x)} s`
          : x.toFixed(3);
    const verdict =
      isWorse === undefined ? '  other machine: not judged' : isWorse ? '  WORSE' : '';
    const pair = `${text(base)} -> ${text(now)}`;
    return `  ${name.padEnd(width)}  ${ratio.toFixed(2)}  ${what}: ${pair}${verdict}`;
  });
  const nWorse = comparisons.filter(({ isWorse }) => isWorse).length;
  const percent = Number((100 * margin).toFixed(1));
  const head = 'now / base; above 1 is worse';
  return [head, ...lines, `${nWorse} worse by more than ${percent} %`].join('\n');
}
