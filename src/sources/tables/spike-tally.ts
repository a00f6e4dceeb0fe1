import type { Span } from '../../model/chunk.ts';
import type { SpikeBlock } from './spike-block.ts';

/** What a first reading of all spikes tells, by entry of the unit ids. */
export interface SpikeTally {
  readonly total: readonly number[];
  /** Spikes within the span. */
  readonly within: readonly number[];
  readonly first: readonly number[];
  readonly last: readonly number[];
  /** Whether spikes of kept units within the span stand in the order of time. */
  readonly isSorted: boolean;
}

/**
 * Reads all spikes once.
 * @param isKept whether the unit of an entry is kept; asked once for each entry
 */
export async function tallySpikes(
  blocks: AsyncIterable<SpikeBlock>,
  span: Span,
  isKept: (entry: number) => boolean,
): Promise<SpikeTally> {
  const { add, result } = createTally(span, isKept);
  for await (const block of blocks) add(block);
  return result();
}

/** Counts a block at a time, in a function of its own: V8 compiles those sooner and better than what awaits. */
function createTally({ start, end }: Span, isKept: (entry: number) => boolean) {
  const [total, within, first, last]: number[][] = [[], [], [], []];
  const kept: boolean[] = [];
  let isSorted = true;
  let before = Number.NEGATIVE_INFINITY;

  function admit(entry: number): void {
    while (total.length <= entry) {
      kept.push(isKept(total.length));
      total.push(0);
      within.push(0);
      first.push(Number.POSITIVE_INFINITY);
      last.push(Number.NEGATIVE_INFINITY);
    }
  }

  function add({ times, entries }: SpikeBlock): void {
    for (let i = 0; i < times.length; i++) {
      const time = times[i];
      const entry = entries[i];
      if (entry >= total.length) admit(entry);
      total[entry]++;
      if (time < first[entry]) first[entry] = time;
      if (time > last[entry]) last[entry] = time;
      if (time < start || time >= end) continue;
      within[entry]++;
      if (!kept[entry]) continue;
      if (time < before) isSorted = false;
      before = time;
    }
  }

  return { add, result: (): SpikeTally => ({ total, within, first, last, isSorted }) };
}
