/** One sorted neuron. */
export interface Unit {
  /** The id used in every file of a run (CellExplorer: `cell_metrics.UID`). */
  readonly id: number;
  /** The id as text, where the recording names its units by text. */
  readonly label: string;
  /** Brain region; empty where the recording does not say. */
  readonly region: string;
  /** Putative cell type; empty where the recording does not say. */
  readonly cellType: string;
  readonly nSpikes: number;
  /** Further columns, such as `shankID` or `electrodeGroup`. */
  readonly attributes: ReadonlyMap<string, string | number>;
}

/** The units of a recording in file order; a unit's index in streams is its place in `kept`. */
export interface UnitTable {
  readonly kind: 'units';
  readonly kept: readonly Unit[];
  readonly excluded: readonly ExcludedUnit[];
}

export interface ExcludedUnit {
  readonly unit: Unit;
  /** Why, in words: "brain region CA3 does not match CA1". */
  readonly reason: string;
}

/** A table for streams whose units have no description: ids count from 1. */
export function numberedUnits(nUnits: number): UnitTable {
  const kept = Array.from({ length: nUnits }, (_, index) => ({
    id: index + 1,
    label: '',
    region: '',
    cellType: '',
    nSpikes: 0,
    attributes: new Map(),
  }));
  return { kind: 'units', kept, excluded: [] };
}
