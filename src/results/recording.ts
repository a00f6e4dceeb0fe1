import type { RunResults } from './run-results.ts';

export interface RecordedUnit {
  readonly id: number;
  readonly label: string;
  readonly region: string;
  readonly cellType: string;
  readonly nSpikes: number;
  readonly isKept: boolean;
  /** Why it was left out; empty for units that were kept. */
  readonly reason: string;
}

export interface RecordedSpan {
  readonly name: string;
  readonly environment: string;
  /** `pre`, `task`, `post` or nothing. */
  readonly role: string;
  readonly start: number;
  readonly end: number;
}

export interface RecordedEvents {
  readonly name: string;
  /** `recorded`: a set of the recording. `aligned`: what an event-align node of that name averaged over. */
  readonly kind: string;
  /** Ascending. */
  readonly starts: Float64Array;
}

/** What a run worked on, as its tables have it. */
export interface Recording {
  /** Prefix of the files. */
  readonly prefix: string;
  readonly start: number;
  readonly end: number;
  readonly units: readonly RecordedUnit[];
  /** As the run counts them: repeats joined. */
  readonly epochs: readonly RecordedSpan[];
  /** Brain states and the like. */
  readonly states: readonly RecordedSpan[];
  readonly events: readonly RecordedEvents[];
}

/** Undefined when the run has no tables of that prefix. @throws InputError when they are not readable */
export async function readRecording(
  results: RunResults,
  prefix: string,
): Promise<Recording | undefined> {
  const spans = await readSpans(results, prefix);
  if (!spans) return undefined;
  const epochs = spans.filter(({ kind }) => kind === 'epoch');
  const node = prefix.replace(/\.$/, '');
  const known = results.run.epochs.find((one) => node === '' || one.node === node)?.domain;
  return {
    prefix,
    start: known?.start ?? Math.min(...epochs.map(({ start }) => start)),
    end: known?.end ?? Math.max(...epochs.map(({ end }) => end)),
    units: await readUnits(results, prefix),
    epochs,
    states: spans.filter(({ kind }) => kind === 'state'),
    events: await readEvents(results, prefix),
  };
}

async function readSpans(results: RunResults, prefix: string) {
  const table = await results.table(`${prefix}epochs.parquet`);
  if (!table) return undefined;
  const [kind, name, environment, role] = ['kind', 'name', 'environment', 'role'].map((column) =>
    table.texts(column),
  );
  const [start, end] = [table.numbers('start'), table.numbers('stop')];
  return Array.from({ length: table.nRows }, (_, row) => ({
    kind: kind[row] ?? '',
    name: name[row] ?? '',
    environment: environment[row] ?? '',
    role: role[row] ?? '',
    start: start[row],
    end: end[row],
  }));
}

async function readUnits(results: RunResults, prefix: string): Promise<RecordedUnit[]> {
  const table = await results.table(`${prefix}units.parquet`);
  if (!table) return [];
  const [label, region, cellType, reason] = ['unit_label', 'region', 'cell_type', 'reason'].map(
    (column) => table.texts(column),
  );
  const [id, nSpikes, kept] = [
    table.numbers('unit_id'),
    table.numbers('n_spikes'),
    table.flags('kept'),
  ];
  return Array.from({ length: table.nRows }, (_, row) => ({
    id: id[row],
    label: label[row] ?? '',
    region: region[row] ?? '',
    cellType: cellType[row] ?? '',
    nSpikes: nSpikes[row],
    isKept: kept[row] === 1,
    reason: reason[row] ?? '',
  }));
}

async function readEvents(results: RunResults, prefix: string): Promise<RecordedEvents[]> {
  const table = await results.table(`${prefix}events.parquet`);
  if (!table) return [];
  const [kinds, names] = [table.texts('kind'), table.texts('events')];
  const starts = table.numbers('start');
  const sets = new Map<string, { name: string; kind: string; rows: number[] }>();
  kinds.forEach((kind, row) => {
    const name = names[row] ?? '';
    const key = `${kind} ${name}`;
    const set = sets.get(key) ?? { name, kind, rows: [] };
    set.rows.push(row);
    sets.set(key, set);
  });
  return [...sets.values()].map(({ name, kind, rows }) => {
    return { name, kind, starts: Float64Array.from(rows, (row) => starts[row]).sort() };
  });
}
