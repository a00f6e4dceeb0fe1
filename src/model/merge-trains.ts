/** A bucket of more spikes is merged run by run. */
const maxSorted = 64;
/** Spikes per bucket, where they are spread evenly. */
const meanSpikes = 4;

/**
 * Merges ascending runs into `times`, and into `units` the run that each time is from. Equal times go by run, so that
 * there is only one order. Times are dealt into equal spans of the whole, a few to each, and sorted there; spans in which
 * many lie are merged.
 * @param runs of finite times; `times` and `units` are as long as all together
 * Memory: 4 bytes per span, of which there are a quarter as many as times, and 8 per time of a span that is merged.
 */
export function mergeTrains(
  runs: readonly Float64Array[],
  times: Float64Array,
  units: Int32Array,
): void {
  const nSpikes = times.length;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const run of runs) {
    if (run.length === 0) continue;
    first = Math.min(first, run[0]);
    last = Math.max(last, run[run.length - 1]);
  }
  const nSpans = Math.ceil(nSpikes / meanSpikes);
  const scale = nSpans / (last - first);
  // Nothing to deal where all times are one, or so far apart that their distance is not a number.
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) {
    mergeRuns(runs, times, units, 0);
    return;
  }
  const ends = countSpans(runs, nSpans, first, scale);
  deal(runs, ends, first, scale, times, units);
  let from = 0;
  for (let span = 0; span < nSpans; span++) {
    const to = ends[span];
    if (to - from > maxSorted) mergeSpan(times, units, from, to);
    else sortSpan(times, units, from, to);
    from = to;
  }
}

/** Where each span starts in the order of time. */
function countSpans(
  runs: readonly Float64Array[],
  nSpans: number,
  first: number,
  scale: number,
): Int32Array {
  const starts = new Int32Array(nSpans);
  for (const run of runs) {
    for (let i = 0; i < run.length; i++) {
      starts[Math.min(nSpans - 1, Math.floor((run[i] - first) * scale))]++;
    }
  }
  let start = 0;
  for (let span = 0; span < nSpans; span++) {
    const n = starts[span];
    starts[span] = start;
    start += n;
  }
  return starts;
}

/** Puts each time into its span, run after run; `starts` are where the spans end then. */
function deal(
  runs: readonly Float64Array[],
  starts: Int32Array,
  first: number,
  scale: number,
  times: Float64Array,
  units: Int32Array,
): void {
  const lastSpan = starts.length - 1;
  for (let unit = 0; unit < runs.length; unit++) {
    const run = runs[unit];
    for (let i = 0; i < run.length; i++) {
      const time = run[i];
      const place = starts[Math.min(lastSpan, Math.floor((time - first) * scale))]++;
      times[place] = time;
      units[place] = unit;
    }
  }
}

/** Sorts a few by time; those of one time keep their order. */
function sortSpan(times: Float64Array, units: Int32Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const time = times[i];
    const unit = units[i];
    let place = i;
    for (; place > from && times[place - 1] > time; place--) {
      times[place] = times[place - 1];
      units[place] = units[place - 1];
    }
    times[place] = time;
    units[place] = unit;
  }
}

/** Merges the runs that a span holds one after another. */
function mergeSpan(times: Float64Array, units: Int32Array, from: number, to: number): void {
  const held = times.slice(from, to);
  const runs: Float64Array[] = [];
  const names: number[] = [];
  for (let i = 0; i < held.length; ) {
    const unit = units[from + i];
    let end = i + 1;
    while (end < held.length && units[from + end] === unit) end++;
    runs.push(held.subarray(i, end));
    names.push(unit);
    i = end;
  }
  mergeRuns(runs, times, units, from);
  for (let i = from; i < to; i++) units[i] = names[units[i]];
}

/**
 * Merges runs into the places from `at` on by a tournament: the inner nodes of a binary tree over the runs hold the
 * losers, so that each time costs one comparison per level.
 */
function mergeRuns(
  runs: readonly Float64Array[],
  times: Float64Array,
  units: Int32Array,
  at: number,
): void {
  const nRuns = runs.length;
  const nSpikes = runs.reduce((sum, { length }) => sum + length, 0);
  const losers = new Int32Array(nRuns).fill(-1);
  const loserTimes = new Float64Array(nRuns);
  let winner = 0;
  let winnerTime = 0;
  for (let run = 0; run < nRuns; run++) {
    winner = run;
    winnerTime = runs[run].length > 0 ? runs[run][0] : Number.POSITIVE_INFINITY;
    for (let node = (run + nRuns) >> 1; node > 0; node >>= 1) {
      const loser = losers[node];
      const loserTime = loserTimes[node];
      if (loser < 0) {
        losers[node] = winner;
        loserTimes[node] = winnerTime;
        break;
      }
      if (loserTime < winnerTime || (loserTime === winnerTime && loser < winner)) {
        losers[node] = winner;
        loserTimes[node] = winnerTime;
        winner = loser;
        winnerTime = loserTime;
      }
    }
  }
  const next = new Int32Array(nRuns).fill(1);
  for (let s = at; s < at + nSpikes; s++) {
    times[s] = winnerTime;
    units[s] = winner;
    const run = runs[winner];
    const row = next[winner]++;
    winnerTime = row < run.length ? run[row] : Number.POSITIVE_INFINITY;
    for (let node = (winner + nRuns) >> 1; node > 0; node >>= 1) {
      const loser = losers[node];
      const loserTime = loserTimes[node];
      if (loserTime < winnerTime || (loserTime === winnerTime && loser < winner)) {
        losers[node] = winner;
        loserTimes[node] = winnerTime;
        winner = loser;
        winnerTime = loserTime;
      }
    }
  }
}
