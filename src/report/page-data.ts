/** Numbers of a typed array, little-endian, as base64. */
export type PackedNumbers = string;

/** What the page's script draws from; the page carries it as JSON. Times are in seconds. */
export interface PageData {
  readonly span: PageSpan;
  readonly epochs: readonly PageEpoch[];
  readonly states: readonly PageState[];
  readonly events: readonly PageEvents[];
  readonly projections: readonly PageProjection[];
  readonly fits: readonly PageFit[];
  readonly psths: readonly PagePsth[];
  /** Which of `psths` lie before and after the task, per projection that has both. */
  readonly differences: readonly { readonly before: number; readonly after: number }[];
  readonly colours: PageColours;
  /** Null where the session could not be read again. */
  readonly spikes: PageSpikes | null;
}

/** Stops of colour maps at even distances, from the lowest value to the highest: red, green and blue from 0 to 255. */
export interface PageColours {
  readonly averages: readonly (readonly [number, number, number])[];
  readonly differences: readonly (readonly [number, number, number])[];
}

export interface PageSpan {
  readonly start: number;
  readonly end: number;
}

export interface PageEpoch extends PageSpan {
  readonly name: string;
  readonly environment: string;
  /** `pre`, `task`, `post` or nothing. */
  readonly role: string;
  readonly colour: string;
}

export interface PageState {
  readonly name: string;
  readonly colour: string;
  /** Float64: start and end of each span. */
  readonly spans: PackedNumbers;
}

export interface PageEvents {
  readonly name: string;
  /** Whether the recording has these events, or the run averaged over them. */
  readonly isAligned: boolean;
  readonly nEvents: number;
  /** Float64, ascending; fewer than `nEvents`, evenly chosen, where there are very many. */
  readonly times: PackedNumbers;
}

/** The weights of one fit. */
export interface PageFit {
  /** Prefix of its files, by which its figures are known. */
  readonly prefix: string;
  /** Unit ids. */
  readonly units: readonly number[];
  readonly regions: readonly string[];
  /** Per unit, which of `regions` it lies in. */
  readonly regionOf: readonly number[];
  /** Float32, assembly after assembly, a weight per unit. */
  readonly weights: PackedNumbers;
}

/** One activation file: the assemblies of one fit followed through the recording. */
export interface PageProjection {
  /** The node that made it. */
  readonly name: string;
  /** What its assemblies are called besides their number; empty where there is one projection only. */
  readonly title: string;
  readonly nAssemblies: number;
  readonly pyramid: PackedPyramid | null;
  /** Null where the pyramid holds every bin. */
  readonly traces: PackedTraces | null;
  /** Per assembly, the member of greatest weight first. */
  readonly members: readonly (readonly PageMember[])[];
  /** Per assembly, the strongest activation first. */
  readonly strongest: readonly (readonly PagePeak[])[];
}

export interface PageMember {
  readonly unit: number;
  readonly region: string;
  readonly weight: number;
}

export interface PagePeak {
  readonly time: number;
  readonly strength: number;
}

export interface PackedPyramid {
  readonly origin: number;
  readonly width: number;
  readonly nBuckets: number;
  /** A bucket is one bin: its value is carried once. */
  readonly isExact: boolean;
  /** Per assembly, the values that the codes -32767 and 32767 stand for; -32768 stands for no bin. */
  readonly ranges: readonly { readonly low: number; readonly high: number }[];
  /** Int16, per assembly: a minimum per bucket, then a maximum per bucket; the value alone where that is exact. */
  readonly codes: PackedNumbers;
}

/** Stretches of activation of which the page holds every bin; codes are those of the pyramid. */
export interface PackedTraces {
  /** Width of a bin in seconds. */
  readonly width: number;
  /** Bins in each stretch. */
  readonly nBins: number;
  /** Around strong activations, each of one assembly. */
  readonly peaks: {
    /** Float64: where each starts, in seconds. */
    readonly starts: PackedNumbers;
    /** Int32, counts from 0. */
    readonly assemblies: PackedNumbers;
    /** Int16, stretch after stretch. */
    readonly codes: PackedNumbers;
  };
  /** Around events, each of all assemblies. */
  readonly events: {
    readonly starts: PackedNumbers;
    /** Int16, stretch after stretch, in each assembly after assembly. */
    readonly codes: PackedNumbers;
  };
}

/** Averages around one set of events. */
export interface PagePsth {
  readonly name: string;
  /** Which of `projections` was averaged. */
  readonly projection: number;
  readonly nEvents: number;
  readonly nUsed: number;
  /** What lags are counted from: "time from SWR start (s)". */
  readonly lagLabel: string;
  /** Float64, as are `mean` and `sem`. */
  readonly lags: PackedNumbers;
  /** Assembly after assembly, a value per lag. */
  readonly mean: PackedNumbers;
  readonly sem: PackedNumbers;
  /** Int32, per lag. */
  readonly n: PackedNumbers;
}

/** Spikes of all units that are a member of any assembly. */
export interface PageSpikes {
  /** Unit ids; the other fields count units by their place here. */
  readonly units: readonly number[];
  /** How far spikes are carried to either side of an event or a strong activation. */
  readonly halfWidth: number;
  /** Ascending spans that do not touch, within which every spike is carried. Float64: start and end of each. */
  readonly spans: PackedNumbers;
  /** Int32, per span and one more: the first of its spikes. */
  readonly firsts: PackedNumbers;
  /** Uint16: units of 0.1 ms since the start of the span. */
  readonly ticks: PackedNumbers;
  /** Uint8, or Uint16 where there are more than 256 units. */
  readonly unitOf: PackedNumbers;
  readonly density: PageDensity;
}

/** How many spikes each unit has, in buckets over the whole recording. */
export interface PageDensity {
  readonly origin: number;
  readonly width: number;
  readonly nBuckets: number;
  /** Per unit, the count that the code 255 stands for. */
  readonly most: readonly number[];
  /** Uint8, unit after unit. */
  readonly codes: PackedNumbers;
}
