import type { SpikeChunk } from '../../src/model/chunk.ts';
import type { Epochs, Intervals } from '../../src/model/epochs.ts';
import type { Events } from '../../src/model/events.ts';
import type { UnitTable } from '../../src/model/units.ts';
import { Fault } from './outcome.ts';

/** What any reader of recordings promises of its values. */
export function checkValues(units: UnitTable, epochs: Epochs, events: readonly Events[]): void {
  const ids = [...units.kept, ...units.excluded.map(({ unit }) => unit)].map(({ id }) => id);
  expect(new Set(ids).size === ids.length, 'two units of one id');
  expect(ids.every(Number.isInteger), 'an id that is not whole');
  const { start, end } = epochs.domain;
  expect(Number.isFinite(start) && Number.isFinite(end) && start < end, `domain ${start} ${end}`);
  for (const spans of [epochs.recorded, ...epochs.states.values()] as readonly Intervals[]) {
    expect(
      spans.every((span) => span.start <= span.end),
      'a span that ends before it starts',
    );
  }
  for (const { starts, stops, peaks } of events) {
    expect(starts.length === stops.length && starts.length === peaks.length, 'ragged events');
    expect(isAscending(starts), 'events out of order');
  }
}

/** What any reader promises of its spikes. */
export async function checkSpikes(
  chunks: Iterable<SpikeChunk> | AsyncIterable<SpikeChunk>,
  { kept }: UnitTable,
): Promise<number> {
  let nSpikes = 0;
  let last = Number.NEGATIVE_INFINITY;
  for await (const { start, end, times, units, nUnits } of chunks) {
    expect(start >= last && end > start, `a chunk from ${start} to ${end} after ${last}`);
    expect(nUnits === kept.length, `${nUnits} units for ${kept.length}`);
    expect(times.length === units.length, 'ragged spikes');
    if (times.length > 0) {
      expect(times[0] >= start && times[times.length - 1] <= end, 'a spike outside of its chunk');
    }
    expect(isAscending(times), 'spikes out of order');
    expect(
      units.every((unit) => unit >= 0 && unit < nUnits),
      'a unit that does not exist',
    );
    nSpikes += times.length;
    last = end;
  }
  return nSpikes;
}

function isAscending(times: Float64Array): boolean {
  for (let i = 0; i < times.length; i++) {
    if (!Number.isFinite(times[i]) || (i > 0 && times[i] < times[i - 1])) return false;
  }
  return true;
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Fault(otherwise);
}
