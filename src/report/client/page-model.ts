import type { PageData, PageEpoch, PageMember, PagePeak } from '../page-data.ts';
import { decodeFloat64, decodeInt32, decodeUint8, decodeUint16, firstFrom } from './decode.ts';
import { type Activation, readActivations } from './levels.ts';
import type { View } from './state.ts';

export interface StateBand {
  readonly name: string;
  readonly colour: string;
  /** Start and end of each span. */
  readonly spans: Float64Array;
}

export interface EventSet {
  readonly name: string;
  readonly isAligned: boolean;
  readonly nEvents: number;
  readonly times: Float64Array;
}

export interface Projection {
  readonly name: string;
  readonly title: string;
  readonly nAssemblies: number;
  readonly members: readonly (readonly PageMember[])[];
  readonly strongest: readonly (readonly PagePeak[])[];
  /** Empty where the file has no rows. */
  readonly activations: readonly Activation[];
}

export interface Averages {
  readonly name: string;
  readonly projection: number;
  readonly nEvents: number;
  readonly nUsed: number;
  readonly lagLabel: string;
  readonly lags: Float64Array;
  /** Assembly after assembly. */
  readonly mean: Float64Array;
  readonly sem: Float64Array;
  readonly n: Int32Array;
}

export interface Spikes {
  readonly halfWidth: number;
  /** Place of a unit id in what follows; -1 for units whose spikes the page does not carry. */
  readonly placeOf: (unit: number) => number;
  /** Ascending; the spikes of all units, where they are carried. */
  readonly times: Float64Array;
  readonly unitOf: Uint8Array | Uint16Array;
  /** Start and end of each span in which every spike is carried. */
  readonly spans: Float64Array;
  readonly isCarried: (span: View) => boolean;
  readonly density: {
    readonly origin: number;
    readonly width: number;
    readonly nBuckets: number;
    /** Spikes of the unit at a place in a bucket. */
    readonly count: (place: number, bucket: number) => number;
    readonly most: readonly number[];
  };
}

/** Everything the page carries, unpacked. */
export interface PageModel {
  readonly span: View;
  readonly epochs: readonly PageEpoch[];
  readonly states: readonly StateBand[];
  readonly events: readonly EventSet[];
  readonly projections: readonly Projection[];
  readonly psths: readonly Averages[];
  readonly differences: PageData['differences'];
  readonly colours: PageData['colours'];
  readonly spikes: Spikes | undefined;
}

export function readPage(data: PageData): PageModel {
  return {
    span: data.span,
    epochs: data.epochs,
    differences: data.differences,
    colours: data.colours,
    states: data.states.map((state) => ({ ...state, spans: decodeFloat64(state.spans) })),
    events: data.events.map((set) => ({ ...set, times: decodeFloat64(set.times) })),
    projections: data.projections.map((projection) => ({
      ...projection,
      activations: projection.pyramid ? readActivations(projection.pyramid, projection.traces) : [],
    })),
    psths: data.psths.map((psth) => ({
      ...psth,
      lags: decodeFloat64(psth.lags),
      mean: decodeFloat64(psth.mean),
      sem: decodeFloat64(psth.sem),
      n: decodeInt32(psth.n),
    })),
    spikes: data.spikes ? readSpikes(data.spikes, data.span) : undefined,
  };
}

function readSpikes(packed: NonNullable<PageData['spikes']>, whole: View): Spikes {
  const { units, halfWidth, density } = packed;
  const spans = decodeFloat64(packed.spans);
  const firsts = decodeInt32(packed.firsts);
  const ticks = decodeUint16(packed.ticks);
  const unitOf = units.length > 256 ? decodeUint16(packed.unitOf) : decodeUint8(packed.unitOf);
  const times = new Float64Array(ticks.length);
  for (let span = 0; span + 1 < firsts.length; span++) {
    for (let i = firsts[span]; i < firsts[span + 1]; i++) {
      times[i] = spans[2 * span] + ticks[i] / 1e4;
    }
  }
  const places = new Map(units.map((unit, place) => [unit, place]));
  const ends = spans.filter((_, i) => i % 2 === 1);
  const codes = decodeUint8(density.codes);
  return {
    halfWidth,
    placeOf: (unit) => places.get(unit) ?? -1,
    times,
    unitOf,
    spans,
    isCarried: ({ start, end: wanted }) => {
      // Nothing is missing where the recording has not begun or is over.
      let reached = Math.max(start, whole.start);
      const end = Math.min(wanted, whole.end);
      for (let span = firstFrom(ends, reached); span < ends.length; span++) {
        if (spans[2 * span] > reached + 1e-9) return false;
        reached = ends[span];
        if (reached >= end - 1e-9) return true;
      }
      return false;
    },
    density: {
      ...density,
      count: (place, bucket) =>
        (codes[place * density.nBuckets + bucket] * density.most[place]) / 255,
    },
  };
}
