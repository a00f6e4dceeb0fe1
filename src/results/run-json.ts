import { InputError, show } from '../errors.ts';
import { version } from '../version.ts';
import {
  anything,
  flag,
  list,
  maybe,
  number,
  object,
  record,
  type Shaped,
  ShapeError,
  text,
} from './shape.ts';

const span = object({ start: number, end: number });
const member = object({ id: number, region: text });

const detection = object({
  node: text,
  method: text,
  structure: maybe(text),
  /** Units in each group, where only pairs of different groups made the patterns. */
  groups: maybe(record(number)),
  withinShare: maybe(list(number)),
  bounds: maybe(list(number)),
  boundMethod: text,
  bound: number,
  nBins: number,
  binSize: number,
  nUnits: number,
  constantUnits: list(number),
  nAssemblies: number,
  eigenvaluesAboveBound: list(number),
  /** Largest eigenvalues of the shuffles, in a few figures. */
  shuffled: maybe(
    object({
      nShuffles: number,
      least: maybe(number),
      median: number,
      most: maybe(number),
      pValuesAboveBound: list(number),
    }),
  ),
  ica: maybe(object({ nIterations: number, isConverged: flag, limits: list(number) })),
  memberRule: maybe(text),
  stability: maybe(list(number)),
  restartStability: maybe(list(number)),
  assemblies: list(object({ assembly: number, valid: flag, members: list(member) })),
  warnings: list(text),
});

const alignment = object({
  node: text,
  convention: text,
  nEvents: number,
  nUsed: number,
  meanOfPeaks: number,
  peaks: list(object({ assembly: number, mean: number, lag: number })),
});

const node = object({
  id: text,
  op: text,
  kind: text,
  options: record(anything),
  /** Input port -> `node.port`. */
  inputs: record(text),
  /** Output port -> type of wire. */
  outputs: record(text),
  /** What a sink records, as `node.port`. */
  records: list(text),
});

/** How a live source ended. */
const live = object({
  node: text,
  state: text,
  watermark: number,
  queued: number,
  counts: record(number),
  latency: maybe(object({ n: number, p50Ms: number, p99Ms: number, maxMs: number })),
});

const runShape = object({
  /** The version that made the run. */
  rekindle: text,
  name: text,
  startedAt: text,
  folder: text,
  pipeline: object({ path: text, text }),
  parameters: record(object({ type: text, value: anything, isSet: flag })),
  nodes: list(node),
  sources: list(
    object({
      node: text,
      paths: list(text),
      digests: list(object({ name: text, sha256: text, bytes: number })),
      span: maybe(span),
    }),
  ),
  units: list(
    object({
      node: text,
      nKept: number,
      nExcluded: number,
      kept: record(number),
      excluded: record(number),
      nSpikes: number,
    }),
  ),
  epochs: list(
    object({
      node: text,
      domain: span,
      epochs: list(object({ name: text, environment: text, start: number, end: number })),
      roles: maybe(object({ pre: number, task: number, post: number })),
    }),
  ),
  detection: list(detection),
  aligned: list(alignment),
  moments: list(object({ node: text, nBins: number, nConstantUnits: number })),
  live: list(live),
  wires: record(
    object({ nChunks: number, nSpikes: number, nBins: number, nRuns: number, duration: number }),
  ),
  notes: list(
    object({ node: text, level: text, code: text, message: text, data: maybe(record(anything)) }),
  ),
  passes: list(object({ number, nodes: list(text), seconds: number, peakMemory: number })),
  seconds: number,
  loadSeconds: number,
  mostChunksInFlight: number,
  machine: record(anything),
  provenance: record(text),
  files: list(object({ name: text, bytes: number })),
});

/** What `run.json` says, checked. */
export type RunSummary = Shaped<typeof runShape>;
export type Detection = RunSummary['detection'][number];
export type Alignment = RunSummary['aligned'][number];
export type RunNode = RunSummary['nodes'][number];

/**
 * Reads the text of a `run.json`.
 * @throws InputError RUN_NOT_READABLE when it is damaged, or of a version whose files are written otherwise
 */
export function parseRunJson(json: string, where: string): RunSummary {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw notReadable(where, found, 'JSON', cause);
  }
  return checkRunSummary(value, where);
}

/** The same for an object that is to become a `run.json`. */
export function checkRunSummary(value: unknown, where: string): RunSummary {
  checkVersion(value, where);
  try {
    return runShape(value, '');
  } catch (cause) {
    if (!(cause instanceof ShapeError)) throw cause;
    throw notReadable(`${where}, ${cause.at}`, cause.found, cause.expected, cause);
  }
}

function checkVersion(value: unknown, where: string): void {
  const made = (value as { rekindle?: unknown } | null)?.rekindle;
  if (typeof made === 'string' && seriesOf(made) === seriesOf(version)) return;
  const found = made === undefined ? 'no version' : `a run of rekindle ${show(made)}`;
  throw notReadable(where, found, `one of rekindle ${version}, or of another ${seriesOf(version)}`);
}

/** Versions whose files are alike: before 1.0 those of one minor version, from then on those of one major version. */
function seriesOf(version: string): string {
  const [major = '', minor = ''] = version.split('.');
  return major === '0' ? `0.${minor}.x` : `${major}.x`;
}

function notReadable(where: string, found: string, expected: string, cause?: unknown): InputError {
  const hint = 'run the pipeline again with this version: rekindle run --overwrite';
  return new InputError({ code: 'RUN_NOT_READABLE', where, found, expected, hint, cause });
}
