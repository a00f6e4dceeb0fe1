import type { Behaviour } from './behaviour.ts';
import type { PlannedRipple, Schedule } from './schedule.ts';

/** Part of a block in which no rate changes; ticks count from the start of the block. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly behaviour: Behaviour;
  readonly isRipple: boolean;
  /** Ticks that are left of the bout from the start of the block on; may be more than the block has. */
  readonly boutEnd: number;
}

/** What happens within one block. */
export interface BlockSchedule {
  readonly segments: readonly Segment[];
  /** Ripples that start in the block. */
  readonly ripples: readonly PlannedRipple[];
}

/**
 * Makes a function that cuts a schedule into blocks, to be called for one block after another.
 * Memory: what one block holds.
 */
export function createSegmenter({
  bouts,
  ripples,
}: Schedule): (start: number, end: number) => BlockSchedule {
  let bout = 0;
  let ripple = 0;

  return (start, end) => {
    const segments: Segment[] = [];
    const starting: PlannedRipple[] = [];
    let at = start;
    const add = (until: number, isRipple: boolean): void => {
      if (until <= at) return;
      const { behaviour, end: boutEnd } = bouts[bout];
      segments.push({
        start: at - start,
        end: until - start,
        behaviour,
        isRipple,
        boutEnd: boutEnd - start,
      });
      at = until;
    };
    while (at < end) {
      const boutEnd = Math.min(bouts[bout].end, end);
      while (ripple < ripples.length && ripples[ripple].start < boutEnd) {
        const current = ripples[ripple];
        if (current.start >= start) starting.push(current);
        add(current.start, false);
        add(Math.min(current.end, boutEnd), true);
        if (current.end > boutEnd) break;
        ripple++;
      }
      add(boutEnd, false);
      if (bouts[bout].end <= end) bout++;
      if (bout === bouts.length) break;
    }
    return { segments, ripples: starting };
  };
}
