import type { Epoch } from '../model/epochs.ts';
import type { Psth } from '../model/events.ts';
import type { Patterns } from '../model/patterns.ts';
import type { UnitTable } from '../model/units.ts';
import type { RunResult } from '../pipeline/run.ts';
import { describeNodes } from './graph-nodes.ts';

/** Where and when a run took place: what differs between two equal runs. */
export interface RunCircumstances {
  readonly version: string;
  readonly startedAt: string;
  readonly pipelinePath: string;
  readonly folder: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

export type RunSummary = ReturnType<typeof summarizeRun>;

/** Everything `run.json` says: the metadata of the files, and the circumstances of this run besides. */
export function summarizeRun(result: RunResult, circumstances: RunCircumstances) {
  const { graph, sources, values, wires, passes, notes, provenance } = result;
  const { version, startedAt, pipelinePath, folder, machine, files } = circumstances;
  const named = [...values].map(([key, value]) => ({
    key,
    node: key.slice(0, key.indexOf('.')),
    value,
  }));
  return {
    rekindle: version,
    name: graph.spec.name,
    startedAt,
    folder,
    pipeline: { path: pipelinePath, text: graph.spec.text },
    parameters: Object.fromEntries(
      [...graph.spec.parameters.values()].map(({ name, type, value, isSet }) => [
        name,
        { type, value, isSet },
      ]),
    ),
    nodes: describeNodes(graph),
    sources: [...sources].map(([node, { paths, digests, span }]) => ({
      node,
      paths,
      digests,
      span,
    })),
    units: named.flatMap(({ node, value }) =>
      value.kind === 'units' ? [{ node, ...unitCounts(value) }] : [],
    ),
    epochs: named.flatMap(({ node, value }) =>
      value.kind === 'epochs'
        ? [{ node, domain: value.domain, epochs: value.epochs.map(plainEpoch), roles: value.roles }]
        : [],
    ),
    detection: named.flatMap(({ node, value }) =>
      value.kind === 'patterns' ? [detection(node, value)] : [],
    ),
    aligned: named.flatMap(({ node, value }) =>
      value.kind === 'psth' ? [alignment(node, value)] : [],
    ),
    moments: named.flatMap(({ node, value }) =>
      value.kind === 'moments'
        ? [
            {
              node,
              nBins: value.nBins,
              nConstantUnits: value.isConstant.reduce((sum, one) => sum + one, 0),
            },
          ]
        : [],
    ),
    live: result.live.map(({ node, status, latency }) => ({ node, ...status, latency })),
    wires: Object.fromEntries(wires),
    notes,
    passes,
    seconds: result.seconds,
    loadSeconds: result.loadSeconds,
    mostChunksInFlight: result.mostChunksInFlight,
    machine,
    provenance: Object.fromEntries(provenance),
    files,
  };
}

function unitCounts({ kept, excluded }: UnitTable) {
  return {
    nKept: kept.length,
    nExcluded: excluded.length,
    kept: tally(kept.map(({ region, cellType }) => `${region || '?'}, ${cellType || '?'}`)),
    excluded: tally(excluded.map(({ reason }) => reason)),
    nSpikes: kept.reduce((sum, { nSpikes }) => sum + nSpikes, 0),
  };
}

function tally(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

function plainEpoch({ name, environment, start, end }: Epoch) {
  return { name, environment, start, end };
}

function detection(node: string, patterns: Patterns) {
  const { units, eigenvalues, bound, weights } = patterns;
  const constant = new Set(patterns.constantUnits);
  return {
    node,
    method: patterns.method,
    structure: patterns.structure,
    groups: patterns.groups && tally(patterns.groups),
    withinShare: patterns.withinShare && [...patterns.withinShare],
    bounds: patterns.bounds && [...patterns.bounds],
    boundMethod: patterns.boundMethod,
    bound,
    nBins: patterns.nBins,
    binSize: patterns.binSize,
    nUnits: units.length,
    constantUnits: units.filter((_, index) => constant.has(index)).map(({ id }) => id),
    nAssemblies: weights.length,
    eigenvaluesAboveBound: [...eigenvalues].filter((value) => value > bound),
    largestBelowBound: [...eigenvalues].find((value) => value <= bound),
    shuffled: shuffled(patterns),
    ica: patterns.ica,
    memberRule: patterns.memberRule,
    memberCounts: patterns.memberCounts,
    stability: patterns.stability,
    restartStability: patterns.restartStability,
    assemblies: weights.map((_, index) => ({
      assembly: index + 1,
      valid: patterns.valid[index] ?? false,
      members: units
        .filter((_unit, unit) => patterns.members[index]?.[unit] === 1)
        .map(({ id, region }) => ({ id, region })),
    })),
    warnings: patterns.warnings,
  };
}

/** The largest eigenvalues of the shuffles in a few figures, and how the eigenvalues above the bound stand to them. */
function shuffled({ nullMaxima, pValues, eigenvalues, bound }: Patterns) {
  if (!nullMaxima || !pValues) return undefined;
  const sorted = nullMaxima.slice().sort();
  const n = sorted.length;
  return {
    nShuffles: n,
    least: sorted[0],
    median: ((sorted[(n - 1) >> 1] ?? Number.NaN) + (sorted[n >> 1] ?? Number.NaN)) / 2,
    most: sorted[n - 1],
    pValuesAboveBound: [...pValues].filter((_, k) => (eigenvalues[k] ?? Number.NaN) > bound),
  };
}

function alignment(node: string, psth: Psth) {
  const peaks = psth.mean.map((mean) =>
    mean.reduce((best, value) => (value > best ? value : best), Number.NEGATIVE_INFINITY),
  );
  const found = peaks.filter(Number.isFinite);
  return {
    /** Mean over assemblies of the highest mean of each; null where there is none. */
    meanOfPeaks:
      found.length > 0 ? found.reduce((sum, peak) => sum + peak, 0) / found.length : null,
    node,
    convention: psth.convention,
    nEvents: psth.eventTimes.length,
    nUsed: psth.nUsed,
    peaks: psth.mean.map((mean, index) => {
      let best = -1;
      mean.forEach((value, lag) => {
        if (!Number.isNaN(value) && (best < 0 || value > (mean[best] ?? value))) best = lag;
      });
      return { assembly: index + 1, mean: mean[best] ?? null, lag: psth.lags[best] ?? null };
    }),
  };
}
