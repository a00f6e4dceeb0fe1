import type { Observable } from 'rxjs';
import type { ScratchFile } from './math/counts-store.ts';
import type { Compute } from './math/tasks.ts';
import type { Clock } from './model/clock.ts';
import type { Report } from './model/report.ts';
import type { ResultFiles } from './model/result-files.ts';
import type {
  StreamType,
  StreamTypes,
  ValueType,
  ValueTypes,
  WireType,
  WireTypes,
} from './model/wires.ts';
import type { Params, ParamsOf } from './params.ts';
import type { Threads } from './workers/threads.ts';

/** What a node must know of an input beyond its type. */
export interface InputPort<T extends WireType = WireType> {
  readonly type: T;
  /**
   * For a value, and for the moments that come with a `zscored` stream: whether the node needs it for every bin (then
   * it runs in a later pass than the one which makes the value) or only when its streams have ended.
   */
  readonly need?: 'each-bin' | 'at-end';
  /** May be left unconnected. */
  readonly isOptional?: boolean;
  /** When left unconnected, taken from the source that feeds the node's first input. */
  readonly fromSource?: boolean;
  readonly doc?: string;
}

export type InputPorts = Readonly<Record<string, InputPort>>;
export type OutputPorts = Readonly<Record<string, WireType>>;

/** The wires a node reads: streams emit chunks, values emit once. */
export type InputWires<I extends InputPorts> = {
  readonly [K in keyof I]:
    | Observable<WireTypes[I[K]['type']]>
    | (I[K]['isOptional'] extends true ? undefined : never);
};
export type OutputWires<O extends OutputPorts> = {
  readonly [K in keyof O]: Observable<WireTypes[O[K]]>;
};

/** What the run lends a node. */
export interface NodeContext {
  /** Tells the run something a user should know. */
  readonly report: Report;
  /** Values this node made in an earlier pass, by port. */
  readonly known: Readonly<Partial<Record<string, ValueTypes[ValueType]>>>;
  /** Shares out work that is wide enough, over threads say; without it a node works in its own thread. */
  readonly compute?: Compute;
  /** Makes a file for what outgrows memory; without it all is kept there. */
  readonly scratch?: () => ScratchFile;
  /** Whether what flows is still being recorded. */
  readonly isLive?: boolean;
}

export interface OperatorNode<
  I extends InputPorts = InputPorts,
  O extends OutputPorts = OutputPorts,
  P extends Params = Params,
> {
  readonly kind: 'operator';
  readonly op: string;
  readonly summary: string;
  /** The first input is the one that `from:` connects. */
  readonly inputs: I;
  /** The first output is the one that a bare node id stands for. */
  readonly outputs: O;
  readonly params: P;
  /** Options that do not go together: throws a ConfigError. Called when the pipeline is checked. */
  validate?(options: ParamsOf<P>): void;
  /** Outputs that only pass an input on when that is connected: output port -> input port. */
  readonly repeats?: Readonly<Partial<Record<keyof O & string, keyof I & string>>>;
  /** Called once per pass in which the node takes part. */
  connect(inputs: InputWires<I>, options: ParamsOf<P>, context: NodeContext): OutputWires<O>;
}

/** One file that was read, for provenance. */
export interface InputDigest {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface SourceContext {
  /** Output ports that the graph reads, those beyond the declared ones included. */
  readonly wanted: ReadonlySet<string>;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** What live sources wait by; the machine's own where it is left out. */
  readonly clock?: Clock;
}

/** Where a live source stands. */
export interface LiveStatus {
  /** `stale`: it was running, and its connection is lost. */
  readonly state: 'waiting' | 'running' | 'stale' | 'ended';
  /** Time on the recording's clock before which everything is known; NaN before the first message. */
  readonly watermark: number;
  /** Spikes that wait to be read. */
  readonly queued: number;
  /** What happened so far: `late`, `dropped`, `garbage`, `gaps`, `reconnects`, `messages` ... */
  readonly counts: Readonly<Record<string, number>>;
}

/** An opened recording. */
export interface OpenSource {
  /** Values by port: units, epochs, events. */
  readonly values: Readonly<Record<string, ValueTypes[ValueType]>>;
  /** Streams by port; each call reads the recording from its start again. */
  readonly streams: Readonly<
    Record<string, () => Iterable<StreamTypes[StreamType]> | AsyncIterable<StreamTypes[StreamType]>>
  >;
  readonly digests: readonly InputDigest[];
  /** Paths as opened, for `run.json`. */
  readonly paths: readonly string[];
  /** Span of the streams in seconds, for progress; undefined while a recording is still running. */
  readonly span: { readonly start: number; readonly end: number } | undefined;
  /** Lets go of what the source holds, scratch files among it; called once, however the run ends. */
  readonly close?: () => Promise<void>;
  /** Ends the streams of a live source as if the recording had ended here. */
  readonly stop?: () => void;
  readonly status?: () => LiveStatus;
  /** When the message came that let the chunk close which was read last; seconds, as the clock tells them. */
  readonly arrived?: () => number;
}

export interface SourceNode<O extends OutputPorts = OutputPorts, P extends Params = Params> {
  readonly kind: 'source';
  readonly op: string;
  readonly summary: string;
  readonly outputs: O;
  /** The type of any further output, where the names depend on the data: event sets, say. */
  readonly otherOutputs?: WireType;
  readonly params: P;
  /** Whether a folder that holds files of these names is a recording of this format. */
  recognizes?(names: readonly string[]): boolean;
  /** A live source cannot be read twice. */
  readonly isLive: boolean;
  /** Looks for packages that only this source needs: called before any data is opened, throws a ConfigError. */
  prepare?(options: ParamsOf<P>): Promise<void>;
  open(options: ParamsOf<P>, context: SourceContext): Promise<OpenSource>;
}

/** One output of the graph that a sink records. */
export interface RecordedWire {
  readonly node: string;
  readonly op: string;
  readonly port: string;
  readonly type: WireType;
}

/** Where a run's files grow: a file gets its final name only when the whole run is complete. */
export interface RunFolder {
  /** Opens `name` for writing under its partial name. */
  readonly create: (name: string) => Promise<FileWriter>;
}

export interface FileWriter {
  /** The bytes may be used again when the promise resolves. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Writes several pieces, one behind the other, in one step; left out where that is nothing of its own. */
  readonly gather?: (parts: readonly Uint8Array[]) => Promise<void>;
  /** Waits until what was written so far would outlast a power failure. */
  readonly sync?: () => Promise<void>;
  /** Flushes to disk and closes. */
  readonly close: () => Promise<void>;
  /** Closes it: a complete run leaves no such file, one that is cut short may. */
  readonly discard?: () => Promise<void>;
}

/** A node of a graph as it was set up. */
export interface NodeOutline {
  readonly id: string;
  readonly op: string;
  readonly options: ReadonlyMap<string, unknown>;
  /** What feeds each connected input, as `node.port`. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Output port -> type of wire. */
  readonly outputs: ReadonlyMap<string, string>;
}

export interface SinkContext {
  readonly folder: RunFolder;
  /** Everything the sink is to record, or to follow. */
  readonly wires: readonly RecordedWire[];
  /** The graph that the sink is part of; none where it is left out. */
  readonly nodes?: readonly NodeOutline[];
  /** The sink that records the wires to follow; none where there is nothing to follow. */
  readonly followed?: NodeOutline;
  /** The tables the recording was described by. */
  readonly recordings: readonly RecordingTables[];
  /** Key-value pairs for file metadata: the same in every run with the same settings and data. */
  readonly provenance: ReadonlyMap<string, string>;
  readonly report: Report;
  /** How many threads besides the main one the sink may start; none where it is left out. They change no byte. */
  readonly nThreads?: number;
  /** Where these are to be taken from and given back to; those that the sink starts itself, where it is left out. */
  readonly threads?: Threads;
  /**
   * Where the live sources stand, each under its node; none where it is left out. Latency: seconds from the message that
   * let the newest row close to that row's coming to the sinks.
   */
  readonly status?: () => readonly {
    readonly node: string;
    readonly status: LiveStatus;
    readonly latency?: number;
  }[];
}

export interface RecordingTables {
  readonly node: string;
  readonly values: OpenSource['values'];
}

/** A sink while a run writes to it. */
export interface OpenSink {
  /** Writes a chunk of a recorded stream; the run waits for the promise before it makes many more. */
  readonly chunk: (wire: RecordedWire, chunk: StreamTypes[StreamType]) => Promise<void>;
  readonly value: (wire: RecordedWire, value: ValueTypes[ValueType]) => Promise<void>;
  /** Called when every pass is over: completes and closes all files. */
  readonly finish: () => Promise<void>;
  /** Lets go of what the sink holds, threads among it; called once, however the run ends. */
  readonly close?: () => Promise<void>;
  /** Called last, when every sink has finished: makes further files of what the run has found. */
  readonly conclude?: (run: FinishedRun) => Promise<void>;
}

/** A run whose results are all written, and not yet under their final names. */
export interface FinishedRun {
  /** What `run.json` is going to hold, but for the files that are still to be made. */
  readonly summary: unknown;
  /** The files that were closed so far. */
  readonly results: ResultFiles;
  /** What the run read, by node; streams can be read once more, but for those of live sources. */
  readonly sources: ReadonlyMap<string, OpenSource>;
  /** Throws when the run was asked to stop: to be called between one piece of work and the next. */
  readonly stopIfAsked: () => void;
}

export interface SinkNode<P extends Params = Params> {
  readonly kind: 'sink';
  readonly op: string;
  readonly summary: string;
  /** Wire types it records; `from` may name outputs, and without it all of the graph are. */
  readonly records: readonly WireType[];
  /** Whether it reads what other sinks have written, rather than what flows: then it needs them beside it. */
  readonly isMadeOfResults?: boolean;
  /**
   * Of a sink that is made of results: streams it sees while another sink records them, so that it need not read them from
   * the files. It sees none where several sinks record, or the run is live.
   */
  readonly follows?: readonly StreamType[];
  /** Whether it stands beside the files of a run: a pipeline that names no other sink still gets those. */
  readonly isBeside?: boolean;
  /** Streams of live sources that it records without `from`, of the types in `records` that a run else does not. */
  readonly pulls?: readonly StreamType[];
  readonly params: P;
  /** Looks for packages that only this sink needs: called before any data is opened, throws a ConfigError. */
  prepare?(options: ParamsOf<P>): Promise<void>;
  open(options: ParamsOf<P>, context: SinkContext): Promise<OpenSink>;
}

export type AnyNode = OperatorNode | SourceNode | SinkNode;

/** The nodes a graph may use. */
export interface Registry {
  readonly sources: readonly SourceNode[];
  readonly operators: readonly OperatorNode[];
  readonly sinks: readonly SinkNode[];
}

export function defineOperator<
  const I extends InputPorts,
  const O extends OutputPorts,
  const P extends Params,
>(node: Omit<OperatorNode<I, O, P>, 'kind'>): OperatorNode<I, O, P> {
  return { kind: 'operator', ...node };
}

export function defineSource<const O extends OutputPorts, const P extends Params>(
  node: Omit<SourceNode<O, P>, 'kind' | 'isLive'> & { readonly isLive?: boolean },
): SourceNode<O, P> {
  return { kind: 'source', isLive: false, ...node };
}

export function defineSink<const P extends Params>(node: Omit<SinkNode<P>, 'kind'>): SinkNode<P> {
  return { kind: 'sink', ...node };
}
