import type { SpikeChunk, Trigger } from '../model/chunk.ts';
import { type RecordingRows, rowKinds } from '../model/recording-rows.ts';

/** Rows of a recording's journal that wait to be written. */
export interface RowGatherer {
  readonly spikes: (chunk: SpikeChunk) => void;
  readonly trigger: (trigger: Trigger) => void;
  /** Everything gathered since it was taken last; undefined where there is nothing. */
  readonly take: () => RecordingRows | undefined;
}

/** @param unitIds id of each unit, in index order */
export function createRowGatherer(unitIds: Int32Array): RowGatherer {
  let kinds = new Int8Array(1024);
  let times = new Float64Array(1024);
  let units = new Int32Array(1024);
  let length = 0;
  let end = Number.NaN;
  let isUntilDue = false;

  function makeRoom(more: number): void {
    if (length + more <= times.length) return;
    const capacity = Math.max(2 * times.length, length + more);
    const grown = { kinds: new Int8Array(capacity), times: new Float64Array(capacity) };
    grown.kinds.set(kinds);
    grown.times.set(times);
    const moreUnits = new Int32Array(capacity);
    moreUnits.set(units);
    ({ kinds, times } = grown);
    units = moreUnits;
  }
  function add(kind: number, time: number, unit: number): void {
    makeRoom(1);
    kinds[length] = kind;
    times[length] = time;
    units[length++] = unit;
  }
  function addSpikes(kind: number, spikes: Pick<SpikeChunk, 'times' | 'units'>): void {
    const n = spikes.times.length;
    makeRoom(n);
    kinds.fill(kind, length, length + n);
    times.set(spikes.times, length);
    for (let i = 0; i < n; i++) units[length + i] = unitIds[spikes.units[i]];
    length += n;
  }
  return {
    spikes: (chunk) => {
      if (chunk.start !== end) {
        if (isUntilDue) add(rowKinds.until, end, 0);
        add(rowKinds.begin, chunk.start, 0);
      }
      addSpikes(rowKinds.spike, chunk);
      if (chunk.late) addSpikes(rowKinds.late, chunk.late);
      end = chunk.end;
      isUntilDue = true;
    },
    trigger: ({ time, line = 0, isOn = true }) =>
      add(isOn ? rowKinds.lineOn : rowKinds.lineOff, time, line),
    take: () => {
      if (isUntilDue) add(rowKinds.until, end, 0);
      isUntilDue = false;
      if (length === 0) return undefined;
      const rows = {
        kinds: kinds.slice(0, length),
        times: times.slice(0, length),
        units: units.slice(0, length),
      };
      length = 0;
      return rows;
    },
  };
}
