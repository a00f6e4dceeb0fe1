import { type ColorMap, diverging, magma } from '../figures/colors.ts';
import { psthData } from '../figures/psth-panels.ts';
import { fitOf } from '../results/lineage.ts';
import { type FittedPatterns, readPatterns } from '../results/patterns.ts';
import { findPrePostSets, type PsthSet, readPsths } from '../results/psths.ts';
import { readRecording } from '../results/recording.ts';
import type { RunResults } from '../results/run-results.ts';
import { activationBytes, bytesOf, shares } from './budget.ts';
import { createActivationFollower, type FollowedActivation } from './follow-activation.ts';
import type { SeenActivation } from './follow-run.ts';
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
import { halfWidthOf } from './planned-events.ts';
import type { ReopenRecording } from './recording.ts';

export interface Gathered {
  readonly data: PageData;
  /** What the page lacks, and why: one sentence each. */
  readonly leftOut: readonly string[];
}

/**
 * Gathers what the page's script draws from. Activation is read once, row group by row group, where it was not seen while it
 * was recorded, and the recording once, chunk by chunk. Memory: a row group, a chunk, what the source holds, and some
 * multiple of what the page holds.
 * @param maxBytes to keep to if possible: activation and spikes go in the more coarsely, the less is left for them
 * @param seen makes the same page of it as the files do
 * @throws InputError when a file of the run is damaged
 */
export async function gatherPage(
  results: RunResults,
  reopen: ReopenRecording,
  maxBytes: number,
  seen?: SeenActivation,
): Promise<Gathered> {
  const psths = await readPsths(results);
  const halfWidth = halfWidthOf(results.run.nodes);
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
  const bytes = bytesOf(left);
  const projections: PageProjection[] = [];
  for (const prefix of prefixes) {
    const shared = { prefixes, halfWidth, psths, fits, events, bytes, seen };
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
  readonly seen: SeenActivation | undefined;
}

async function gatherProjection(
  results: RunResults,
  prefix: string,
  request: ProjectionRequest,
): Promise<PageProjection> {
  const { prefixes, psths, fits } = request;
  const isRecorded = prefix !== notRecorded;
  const averaged = psths.filter((set) => prefixOf(set) === prefix);
  const name = isRecorded ? (activationNode(results, prefix)?.id ?? prefix) : 'activation';
  const fit = isRecorded ? fitOf(results, prefix) : undefined;
  const followed = isRecorded ? await followActivation(results, prefix, request) : undefined;
  const nAssemblies =
    followed?.nAssemblies ?? Math.max(0, ...averaged.map(({ mean }) => mean.length));
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

/** What the page shows of an activation file, of which nothing is read where it was seen as it was written. */
async function followActivation(
  results: RunResults,
  prefix: string,
  { prefixes, halfWidth, events, bytes, seen }: ProjectionRequest,
): Promise<FollowedActivation & { readonly nAssemblies: number }> {
  const nProjections = prefixes.length;
  const times = shownEvents(events).map((set) => set.times);
  const isSeen = seen?.halfWidth === halfWidth && areSame(seen.events, times);
  let follower = isSeen ? seen.follower(prefix) : undefined;
  if (!follower) {
    const nAssemblies = await results.nAssemblies(prefix);
    const plan = { nAssemblies, nProjections, halfWidth, events: times };
    follower = createActivationFollower(plan);
    if (nAssemblies > 0) await results.activation(prefix, follower.add);
  }
  const { nAssemblies } = follower;
  return { nAssemblies, ...follower.finish(activationBytes(nProjections, bytes)) };
}

function areSame(some: readonly Float64Array[], others: readonly Float64Array[]): boolean {
  const isSame = (times: Float64Array, other: Float64Array | undefined): boolean =>
    times.length === other?.length && times.every((time, i) => time === other[i]);
  return some.length === others.length && some.every((times, i) => isSame(times, others[i]));
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
