import { type ColorMap, diverging, magma } from '../figures/colors.ts';
import { psthData } from '../figures/psth-panels.ts';
import { fitOf } from '../results/lineage.ts';
import { type FittedPatterns, readPatterns } from '../results/patterns.ts';
import { findPrePostSets, type PsthSet, readPsths } from '../results/psths.ts';
import { readRecording } from '../results/recording.ts';
import type { RunResults } from '../results/run-results.ts';
import { followActivation } from './gather-activation.ts';
import { gatherSpikes } from './gather-spikes.ts';
import {
  type EventTimes,
  eventTimes,
  listMembers,
  packEpochs,
  packEvents,
  packFit,
  packStates,
  shownEvents,
} from './gather-tables.ts';
import { activationNode, recordingPrefix, sourceOf } from './lineage.ts';
import { toBase64 } from './pack.ts';
import type { PageData, PageProjection, PagePsth } from './page-data.ts';
import type { ReopenRecording } from './recording.ts';

/** Parts of the bytes that is left for them, and what they get at most and together at least. */
const shares = { pyramids: 0.435, traces: 0.19, spikes: 0.375 };
const mostBytes = 3.85e6;
const leastBytes = 1.2e6;

export interface Gathered {
  readonly data: PageData;
  /** What the page lacks, and why: one sentence each. */
  readonly leftOut: readonly string[];
}

/**
 * Gathers what the page's script draws from. Activation is read once, row group by row group, and the recording once, chunk
 * by chunk. Memory: a row group, a chunk, what the source holds, and some multiple of what the page holds.
 * @param maxBytes to keep to if possible: activation and spikes go in the more coarsely, the less is left for them
 * @throws InputError when a file of the run is damaged
 */
export async function gatherPage(
  results: RunResults,
  reopen: ReopenRecording,
  maxBytes: number,
): Promise<Gathered> {
  const psths = await readPsths(results);
  const halfWidth = halfWidthOf(psths);
  const fits: FittedPatterns[] = [];
  for (const prefix of results.fits) {
    const patterns = await readPatterns(results, prefix);
    if (patterns) fits.push(patterns);
  }
  const prefixes = projectedPrefixes(results, psths);
  const source = sourceOf(results, activationNode(results, prefixes[0] ?? ''));
  const prefix = recordingPrefix(results, source?.id);
  const recording = await readRecording(results, prefix);
  const aligned = prefix === '' ? undefined : await results.table('events.parquet');
  const events = eventTimes(recording, aligned);
  const certain = {
    epochs: recording ? packEpochs(recording) : [],
    states: recording ? packStates(recording) : [],
    events: events.map(packEvents),
    fits: fits.map(packFit),
    psths: psths.map((set) => packPsth(results, set, Math.max(0, prefixes.indexOf(prefixOf(set))))),
    differences: findDifferences(results, psths),
    colours: { averages: stopsOf(magma), differences: stopsOf(diverging) },
  };
  const left = maxBytes - JSON.stringify(certain).length;
  const bytes = Math.max(leastBytes, Math.min(mostBytes, left));
  const projections: PageProjection[] = [];
  for (const prefix of prefixes) {
    const shared = { prefixes, halfWidth, psths, fits, events, bytes };
    projections.push(await gatherProjection(results, prefix, shared));
  }
  const span = spanOf(results, source?.id, projections);
  const { packed, leftOut } = await gatherSpikes(results, reopen, {
    source: source?.id,
    projections,
    events,
    span,
    halfWidth,
    maxBytes: bytes * shares.spikes,
  });
  return { data: { ...certain, span, projections, spikes: packed }, leftOut };
}

/** The activation files, and one that is not there for averages whose activation was not recorded. */
function projectedPrefixes({ activations }: RunResults, psths: readonly PsthSet[]): string[] {
  const isMissing = psths.some(({ activation }) => activation === undefined);
  return isMissing ? [...activations, notRecorded] : [...activations];
}

const notRecorded = '(not recorded)';

function prefixOf({ activation }: PsthSet): string {
  return activation ?? notRecorded;
}

interface ProjectionRequest {
  readonly prefixes: readonly string[];
  readonly halfWidth: number;
  readonly psths: readonly PsthSet[];
  readonly fits: readonly FittedPatterns[];
  readonly events: readonly EventTimes[];
  /** What there is for all projections and the spikes. */
  readonly bytes: number;
}

async function gatherProjection(
  results: RunResults,
  prefix: string,
  { prefixes, halfWidth, psths, fits, events, bytes }: ProjectionRequest,
): Promise<PageProjection> {
  const isRecorded = prefix !== notRecorded;
  const averaged = psths.filter((set) => prefixOf(set) === prefix);
  const nAssemblies = isRecorded
    ? await results.nAssemblies(prefix)
    : Math.max(0, ...averaged.map(({ mean }) => mean.length));
  const name = isRecorded ? (activationNode(results, prefix)?.id ?? prefix) : 'activation';
  const fit = isRecorded ? fitOf(results, prefix) : undefined;
  const followed = isRecorded
    ? await followActivation(results, prefix, {
        nAssemblies,
        halfWidth,
        pyramidBytes: (bytes * shares.pyramids) / prefixes.length,
        traceBytes: (bytes * shares.traces) / prefixes.length,
        events: shownEvents(events).map(({ times }) => times),
      })
    : undefined;
  return {
    name,
    title: prefixes.length > 1 ? name : '',
    nAssemblies,
    pyramid: followed?.pyramid ?? null,
    traces: followed?.traces ?? null,
    members: listMembers(
      fits.find((one) => one.fit === fit),
      nAssemblies,
    ),
    strongest: followed?.strongest ?? [],
  };
}

function packPsth(results: RunResults, set: PsthSet, projection: number): PagePsth {
  const { name, nEvents, nUsed, lags, mean, sem, n } = set;
  return {
    name,
    projection,
    nEvents,
    nUsed,
    lagLabel: psthData([set], results).xLabel,
    lags: toBase64(lags),
    mean: toBase64(joined(mean)),
    sem: toBase64(joined(sem)),
    n: toBase64(Int32Array.from(n)),
  };
}

function joined(columns: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const column of columns) {
    all.set(column, at);
    at += column.length;
  }
  return all;
}

function findDifferences(results: RunResults, psths: readonly PsthSet[]) {
  const prefixes = new Set(psths.map(prefixOf));
  return [...prefixes].flatMap((prefix) => {
    const found = findPrePostSets(
      psths.filter((set) => prefixOf(set) === prefix),
      results,
    );
    return found ? [{ before: psths.indexOf(found.pre), after: psths.indexOf(found.post) }] : [];
  });
}

function halfWidthOf(psths: readonly PsthSet[]): number {
  const reaches = psths.flatMap(({ lags }) => [Math.abs(lags[0] ?? 0), Math.abs(lags.at(-1) ?? 0)]);
  const reach = Math.max(0, ...reaches);
  return reach > 0 ? Math.min(2, Math.max(0.1, reach)) : 0.5;
}

/** The span of the recording or, where that is not known, of the activation. */
function spanOf(
  { run }: RunResults,
  source: string | undefined,
  projections: readonly PageProjection[],
) {
  const recorded = [
    ...run.epochs.filter(({ node }) => node === source).map(({ domain }) => domain),
    ...run.sources.filter(({ node }) => node === source).flatMap(({ span }) => span ?? []),
  ];
  const followed = projections.flatMap(({ pyramid }) =>
    pyramid
      ? [{ start: pyramid.origin, end: pyramid.origin + pyramid.width * pyramid.nBuckets }]
      : [],
  );
  const spans = recorded.length > 0 ? recorded : followed;
  if (spans.length === 0) return { start: 0, end: 1 };
  const start = Math.min(...spans.map((span) => span.start));
  return { start, end: Math.max(start + 1e-3, ...spans.map((span) => span.end)) };
}

function stopsOf(map: ColorMap): [number, number, number][] {
  return Array.from({ length: 33 }, (_, i) => [...map(i / 32)] as [number, number, number]);
}
