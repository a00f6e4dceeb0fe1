import type { Moments } from '../model/chunk.ts';
import type { Psth } from '../model/events.ts';
import type { Patterns } from '../model/patterns.ts';
import type { Cell, ColumnSpec } from './parquet-column.ts';
import type { Table } from './parquet-file.ts';

/** A value and the node it came from. */
export interface Made<T> {
  readonly node: string;
  readonly value: T;
}

const assembly: ColumnSpec = { name: 'assembly', type: 'int32' };
const region: ColumnSpec = { name: 'region', type: 'utf8', isNullable: true };

/** One row per assembly and unit; region and cell type are null where the recording does not say. */
export function patternsTable(patterns: Patterns | undefined): Table {
  const rows: Cell[][] = [];
  patterns?.weights.forEach((weights, k) => {
    patterns.units.forEach(({ id, region, cellType }, unit) => {
      const isMember = patterns.members[k]?.[unit] === 1;
      rows.push([k + 1, id, orNull(region), orNull(cellType), weights[unit] as number, isMember]);
    });
  });
  const columns: ColumnSpec[] = [
    assembly,
    { name: 'unit_id', type: 'int32' },
    region,
    { name: 'cell_type', type: 'utf8', isNullable: true },
    { name: 'weight', type: 'float64' },
    { name: 'member', type: 'boolean' },
  ];
  return { columns, rows };
}

/**
 * One row per assembly; the eigenvalue is null where a pattern has none (ICA), as is what was not asked for or, in
 * patterns made elsewhere, not said. The share within groups is there where only pairs across groups made patterns.
 */
export function assembliesTable(patterns: Patterns | undefined): Table {
  const { memberCounts, stability, restartStability, withinShare } = patterns ?? {};
  const rows = (patterns?.members ?? []).map((members, k): Cell[] => [
    k + 1,
    patterns?.valid[k] ?? false,
    members.reduce((sum, isMember) => sum + isMember, 0),
    nanToNull(patterns?.patternEigenvalues[k] ?? NaN),
    memberCounts?.otsu[k] ?? null,
    memberCounts?.rootN[k] ?? null,
    memberCounts?.twoSd[k] ?? null,
    nanToNull(memberCounts?.otsuEffectiveness[k] ?? NaN),
    nanToNull(stability?.[k] ?? NaN),
    nanToNull(restartStability?.[k] ?? NaN),
    nanToNull(withinShare?.[k] ?? NaN),
  ]);
  const columns: ColumnSpec[] = [
    assembly,
    { name: 'valid', type: 'boolean' },
    { name: 'n_members', type: 'int32' },
    { name: 'eigenvalue', type: 'float64', isNullable: true },
    { name: 'n_members_otsu', type: 'int32', isNullable: true },
    { name: 'n_members_root_n', type: 'int32', isNullable: true },
    { name: 'n_members_2sd', type: 'int32', isNullable: true },
    { name: 'otsu_effectiveness', type: 'float64', isNullable: true },
    { name: 'stability', type: 'float64', isNullable: true },
    { name: 'restart_stability', type: 'float64', isNullable: true },
    { name: 'within_share', type: 'float64', isNullable: true },
  ];
  return { columns, rows };
}

/**
 * One row per assembly and region, regions in the order in which units name them first. The weight share is a region's
 * part of the sum of squared weights; the shares of an assembly add up to 1.
 */
export function assemblyRegionsTable(patterns: Patterns | undefined): Table {
  const rows: Cell[][] = [];
  patterns?.weights.forEach((weights, k) => {
    const shares = new Map<string, { nMembers: number; weight: number }>();
    let total = 0;
    patterns.units.forEach(({ region }, unit) => {
      const share = shares.get(region) ?? { nMembers: 0, weight: 0 };
      const square = (weights[unit] as number) ** 2;
      share.nMembers += patterns.members[k]?.[unit] ?? 0;
      share.weight += square;
      total += square;
      shares.set(region, share);
    });
    for (const [name, { nMembers, weight }] of shares) {
      rows.push([k + 1, orNull(name), nMembers, weight / total]);
    }
  });
  const columns: ColumnSpec[] = [
    assembly,
    region,
    { name: 'n_members', type: 'int32' },
    { name: 'weight_share', type: 'float64' },
  ];
  return { columns, rows };
}

/** All eigenvalues, descending, beside the bound they are held against. `p_value` is null where nothing was shuffled. */
export function spectrumTable(patterns: Patterns | undefined): Table {
  const eigenvalues = [...(patterns?.eigenvalues ?? [])];
  const rows = eigenvalues.map((value, k): Cell[] => [
    k + 1,
    value,
    patterns?.bounds?.[k] ?? patterns?.bound ?? NaN,
    patterns?.pValues?.[k] ?? null,
  ]);
  const columns: ColumnSpec[] = [
    { name: 'component', type: 'int32' },
    { name: 'eigenvalue', type: 'float64' },
    { name: 'bound', type: 'float64' },
    { name: 'p_value', type: 'float64', isNullable: true },
  ];
  return { columns, rows };
}

/** One row per event set, assembly and lag. A mean or SEM that does not exist is NaN, as in the library; `n` says why. */
export function psthTable(psths: readonly Made<Psth>[]): Table {
  const rows: Cell[][] = [];
  for (const { node, value } of psths) {
    value.mean.forEach((mean, k) => {
      value.lags.forEach((lag, i) => {
        const sem = value.sem[k]?.[i] ?? NaN;
        rows.push([node, k + 1, lag, mean[i] as number, sem, value.n[i] as number]);
      });
    });
  }
  const columns: ColumnSpec[] = [
    { name: 'events', type: 'utf8' },
    assembly,
    { name: 'lag', type: 'float64' },
    { name: 'mean', type: 'float64' },
    { name: 'sem', type: 'float64' },
    { name: 'n', type: 'int32' },
  ];
  return { columns, rows };
}

/** One row per zscore node and unit. `unitIds` serves moments that do not name their units; without it ids count from 1. */
export function momentsTable(moments: readonly Made<Moments>[], unitIds?: Int32Array): Table {
  const rows: Cell[][] = [];
  for (const { node, value } of moments) {
    const { mean, sd, nBins, binSize, smoothingSd, smoothingSide = 'centred' } = value;
    const side = smoothingSd === 0 ? null : smoothingSide;
    const known = value.unitIds ?? (unitIds?.length === mean.length ? unitIds : undefined);
    mean.forEach((unitMean, unit) => {
      const id = known?.[unit] ?? unit + 1;
      rows.push([node, id, unitMean, sd[unit] as number, nBins, binSize, smoothingSd, side]);
    });
  }
  const columns: ColumnSpec[] = [
    { name: 'node', type: 'utf8' },
    { name: 'unit_id', type: 'int32' },
    { name: 'mean', type: 'float64' },
    { name: 'sd', type: 'float64' },
    { name: 'n_bins', type: 'int32' },
    { name: 'bin_size', type: 'float64' },
    { name: 'smoothing_sd', type: 'float64' },
    { name: 'smoothing_side', type: 'utf8', isNullable: true },
  ];
  return { columns, rows };
}

/** Null for the empty text with which the model says that something is unknown. */
export function orNull(text: string): string | null {
  return text === '' ? null : text;
}

/** Null for the NaN with which the model says that there is no value. */
export function nanToNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
