import { detectionOf } from './lineage.ts';
import type { Detection } from './run-json.ts';
import type { RunResults } from './run-results.ts';

export interface PatternUnit {
  readonly id: number;
  /** Empty where the recording does not say. */
  readonly region: string;
  readonly cellType: string;
}

/** The patterns of one fit, as its files have them. */
export interface FittedPatterns {
  /** Prefix of the files. */
  readonly fit: string;
  /** In the order of the recording; none where there are no assemblies. */
  readonly units: readonly PatternUnit[];
  /** Assembly `k + 1` is entry `k`: a weight per unit. */
  readonly weights: readonly Float64Array[];
  /** 1 for members. */
  readonly members: readonly Uint8Array[];
  readonly valid: Uint8Array;
  /** How well an assembly is found again in halves of the data; NaN where that was not asked for. */
  readonly stability: Float64Array;
  /** The same for other starts of ICA. */
  readonly restartStability: Float64Array;
  readonly detection: Detection | undefined;
}

/** Undefined when the run has no such fit. @throws InputError when its files are not readable */
export async function readPatterns(
  results: RunResults,
  fit: string,
): Promise<FittedPatterns | undefined> {
  const rows = await results.table(`${fit}patterns.parquet`);
  const assemblies = await results.table(`${fit}assemblies.parquet`);
  if (!rows || !assemblies) return undefined;
  const [assembly, ids, weight] = ['assembly', 'unit_id', 'weight'].map((name) =>
    rows.numbers(name),
  );
  const [regions, cellTypes] = [rows.texts('region'), rows.texts('cell_type')];
  const isMember = rows.flags('member');
  const places = new Map<number, number>();
  const units: PatternUnit[] = [];
  ids.forEach((id, row) => {
    if (places.has(id)) return;
    places.set(id, units.length);
    units.push({ id, region: regions[row] ?? '', cellType: cellTypes[row] ?? '' });
  });
  const n = assemblies.nRows;
  const weights = Array.from({ length: n }, () => new Float64Array(units.length));
  const members = Array.from({ length: n }, () => new Uint8Array(units.length));
  assembly.forEach((number, row) => {
    const unit = places.get(ids[row]) ?? -1;
    const [column, flags] = [weights[number - 1], members[number - 1]];
    if (!column || !flags) return;
    column[unit] = weight[row];
    flags[unit] = isMember[row];
  });
  return {
    fit,
    units,
    weights,
    members,
    valid: assemblies.flags('valid'),
    stability: assemblies.numbers('stability'),
    restartStability: assemblies.numbers('restart_stability'),
    detection: detectionOf(results, fit),
  };
}

/** Eigenvalues of a fit, in descending order. */
export interface Spectrum {
  readonly eigenvalues: Float64Array;
  /** What each eigenvalue is held against. */
  readonly bounds: Float64Array;
  /** NaN where nothing was shuffled. */
  readonly pValues: Float64Array;
}

/** Undefined when the run has no such fit. @throws InputError when its file is not readable */
export async function readSpectrum(
  results: RunResults,
  fit: string,
): Promise<Spectrum | undefined> {
  const table = await results.table(`${fit}spectrum.parquet`);
  return (
    table && {
      eigenvalues: table.numbers('eigenvalue'),
      bounds: table.numbers('bound'),
      pValues: table.numbers('p_value'),
    }
  );
}
