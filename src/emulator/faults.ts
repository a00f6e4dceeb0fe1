import type { RandomSource } from '../math/random.ts';

/** What goes wrong on the way; all of it is nothing by default. */
export interface Faults {
  /** Share of messages that are never sent. */
  readonly drop: number;
  /** Share of messages that are sent twice. */
  readonly duplicate: number;
  /** Messages come up to so many seconds later than others of their time. */
  readonly reorder: number;
  /** Share of messages that damaged ones precede. */
  readonly garbage: number;
}

export interface FaultCounts {
  dropped: number;
  duplicated: number;
  garbage: number;
}

interface Timed {
  /** Seconds of the recording. */
  readonly time: number;
}

/** Delays each item by less than `reorder` seconds, so that none comes before another that is as much earlier. */
export async function* reordered<T extends Timed>(
  items: AsyncIterable<T>,
  reorder: number,
  random: RandomSource,
): AsyncGenerator<T> {
  if (reorder <= 0) {
    yield* items;
    return;
  }
  const waiting: { readonly item: T; readonly due: number }[] = [];
  for await (const item of items) {
    while (waiting.length > 0 && waiting[0].due <= item.time) {
      const first = waiting.shift();
      if (first) yield first.item;
    }
    const due = item.time + random.double() * reorder;
    let at = waiting.length;
    while (at > 0 && waiting[at - 1].due > due) at--;
    waiting.splice(at, 0, { item, due });
  }
  for (const { item } of waiting) yield item;
}

/** What is sent in the place of one message, nothing or more. */
export function spoil(
  frames: readonly Buffer[],
  { drop, duplicate, garbage }: Faults,
  random: RandomSource,
  counts: FaultCounts,
): (readonly Buffer[])[] {
  const sent: (readonly Buffer[])[] = [];
  if (garbage > 0 && random.double() < garbage) {
    counts.garbage++;
    sent.push(damaged(frames, random));
  }
  if (drop > 0 && random.double() < drop) {
    counts.dropped++;
    return sent;
  }
  sent.push(frames);
  if (duplicate > 0 && random.double() < duplicate) {
    counts.duplicated++;
    sent.push(frames);
  }
  return sent;
}

/** A message that none of the formats has: cut within its first values, of other frames, or of noise. */
function damaged(frames: readonly Buffer[], random: RandomSource): readonly Buffer[] {
  const [head, payload] = frames;
  const noise = Buffer.from(Array.from({ length: 40 }, () => random.uint32() & 0xff));
  const kinds: readonly (readonly Buffer[])[] = [
    [head, payload.subarray(0, 12)],
    [head, noise, noise, noise],
    [head, Buffer.from('{"event_type": "spike", "sample_number": "many", "sorted_id": -1}')],
    [head, payload, noise, noise],
  ];
  return kinds[random.uint32() % kinds.length];
}
