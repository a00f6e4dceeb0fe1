import type { ColumnKind } from './result-table.ts';

type Columns = Readonly<Record<string, ColumnKind>>;

/** What each table of a run holds at least; names behind the prefix of a node. */
export const expectedColumns: ReadonlyMap<string, Columns> = new Map<string, Columns>([
  [
    'units.parquet',
    {
      unit_id: 'numbers',
      unit_label: 'texts',
      region: 'texts',
      cell_type: 'texts',
      n_spikes: 'numbers',
      kept: 'flags',
      reason: 'texts',
    },
  ],
  [
    'epochs.parquet',
    {
      kind: 'texts',
      name: 'texts',
      environment: 'texts',
      role: 'texts',
      start: 'numbers',
      stop: 'numbers',
    },
  ],
  [
    'events.parquet',
    { kind: 'texts', events: 'texts', start: 'numbers', peak: 'numbers', stop: 'numbers' },
  ],
  [
    'patterns.parquet',
    {
      assembly: 'numbers',
      unit_id: 'numbers',
      region: 'texts',
      cell_type: 'texts',
      weight: 'numbers',
      member: 'flags',
    },
  ],
  [
    'assemblies.parquet',
    {
      assembly: 'numbers',
      valid: 'flags',
      n_members: 'numbers',
      eigenvalue: 'numbers',
      stability: 'numbers',
      restart_stability: 'numbers',
    },
  ],
  [
    'assembly_regions.parquet',
    { assembly: 'numbers', region: 'texts', n_members: 'numbers', weight_share: 'numbers' },
  ],
  [
    'spectrum.parquet',
    { component: 'numbers', eigenvalue: 'numbers', bound: 'numbers', p_value: 'numbers' },
  ],
  [
    'correlation.parquet',
    {
      unit_a: 'numbers',
      unit_b: 'numbers',
      region_a: 'texts',
      region_b: 'texts',
      value: 'numbers',
    },
  ],
  [
    'psth.parquet',
    {
      events: 'texts',
      assembly: 'numbers',
      lag: 'numbers',
      mean: 'numbers',
      sem: 'numbers',
      n: 'numbers',
    },
  ],
  ['moments.parquet', { node: 'texts', unit_id: 'numbers', mean: 'numbers', sd: 'numbers' }],
  ['activations.parquet', { time: 'numbers' }],
]);

/** `standard.patterns.parquet` is a `patterns.parquet` of the prefix `standard.`. */
export function splitName(name: string): { readonly prefix: string; readonly base: string } {
  const base = [...expectedColumns.keys()].find((known) => {
    return name === known || name.endsWith(`.${known}`);
  });
  return base === undefined
    ? { prefix: '', base: name }
    : { prefix: name.slice(0, name.length - base.length), base };
}
