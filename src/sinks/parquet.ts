import { defineSink, type OpenSink, type RecordedWire, type SinkContext } from '../define.ts';
import { SinkError } from '../errors.ts';
import { activationColumns } from '../model/activation-columns.ts';
import type { ActivationChunk } from '../model/chunk.ts';
import type { ValueType, ValueTypes } from '../model/wires.ts';
import { choice, type ParamsOf } from '../params.ts';
import { createThreads } from '../workers/threads.ts';
import { createEncodingThread } from './encoding-thread.ts';
import { openCodec } from './parquet-codec.ts';
import type { ColumnSpec } from './parquet-column.ts';
import { correlationTable } from './parquet-correlation.ts';
import {
  createParquetFile,
  fileParams,
  type ParquetFile,
  type Table,
  writeTable,
} from './parquet-file.ts';
import { epochsTable, eventsTable, unitsTable } from './parquet-recording.ts';
import {
  assembliesTable,
  assemblyRegionsTable,
  type Made,
  momentsTable,
  patternsTable,
  psthTable,
  spectrumTable,
} from './parquet-tables.ts';

const params = {
  ...fileParams,
  activations: choice({
    of: ['float64', 'float32'],
    default: 'float64',
    doc: 'Type of the activation columns; times are always float64.',
  }),
};
export type ParquetOptions = ParamsOf<typeof params>;

/**
 * Writes a run as Parquet files. Activation goes to its file chunk by chunk; values are kept, the last of each wire, and
 * become tables when the run ends, in the order of the wires, whatever order they came in.
 * A wire that carried nothing still gets its file, with no rows.
 * @throws SinkError when a file cannot be written
 */
function open(options: ParquetOptions, context: SinkContext): OpenSink {
  const { activations, ...fileOptions } = options;
  const { wires, folder, provenance: metadata, nThreads = 0, threads: lent } = context;
  const threads = lent ?? createThreads();
  const thread = nThreads > 0 ? createEncodingThread(threads) : undefined;
  if (wires.some(({ type }) => type === 'activation')) thread?.prepare(options.compression);
  const streams = new Map<string, Promise<ParquetFile>>();
  const values = new Map<string, ValueTypes[ValueType]>();

  const openActivations = async (wire: RecordedWire, nAssemblies: number) => {
    const columns = activationColumns(nAssemblies).map((name, index): ColumnSpec => {
      return { name, type: index === 0 ? 'float64' : activations };
    });
    const name = `${prefix(wire, wires)}activations.parquet`;
    const writer = await folder.create(name);
    return createParquetFile(writer, columns, { name, metadata }, fileOptions, thread);
  };
  const activationFile = (wire: RecordedWire, nAssemblies: number) => {
    const file = streams.get(wireKey(wire)) ?? openActivations(wire, nAssemblies);
    streams.set(wireKey(wire), file);
    return file;
  };
  const writeActivation = async (wire: RecordedWire, chunk: ActivationChunk) => {
    const file = await activationFile(wire, chunk.columns.length);
    await file.write([chunk.times, ...chunk.columns], chunk.nBins);
  };

  return {
    chunk: (wire, chunk) =>
      chunk.kind === 'activation' ? writeActivation(wire, chunk) : refuse(wire),
    value: async (wire, value) => {
      values.set(wireKey(wire), value);
    },
    finish: async () => {
      const activations = wires.filter(({ type }) => type === 'activation');
      await all(activations.map(async (wire) => (await activationFile(wire, 0)).finish()));
      // Their buffers and the thread make room for what is still to come.
      streams.clear();
      // The disk takes its time over each table; none needs to wait for another.
      await all([
        ...[...tablesOf(context, values)].map(async ([name, table]) =>
          writeTable(await folder.create(name), table, { name, metadata }, fileOptions),
        ),
        ...(thread ? [thread.close()] : []),
      ]);
    },
    close: async () => thread?.close(),
  };
}

/** Waits for the end of every task, and only then throws what the first of them has failed with. */
async function all(tasks: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(tasks);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

const describing: ReadonlySet<string> = new Set(['units', 'epochs', 'events']);

/** Every table of the run under the name of its file. */
function tablesOf(
  { wires, recordings: sources }: SinkContext,
  values: ReadonlyMap<string, ValueTypes[ValueType]>,
): Map<string, Table> {
  // Frozen moments or patterns come from a source too, but nothing was recorded there.
  const recordings = sources.filter(({ values }) =>
    Object.values(values).some(({ kind }) => describing.has(kind)),
  );
  const tables = new Map<string, Table>();
  const made = <K extends 'psth' | 'moments'>(kind: K): Made<ValueTypes[K]>[] =>
    wires.flatMap((wire) => {
      const value = values.get(wireKey(wire));
      return isKind(value, kind) ? [{ node: wire.node, value }] : [];
    });
  for (const wire of wires.filter(({ type }) => type === 'patterns')) {
    const value = values.get(wireKey(wire));
    const patterns = isKind(value, 'patterns') ? value : undefined;
    const start = prefix(wire, wires);
    tables.set(`${start}patterns.parquet`, patternsTable(patterns));
    tables.set(`${start}assemblies.parquet`, assembliesTable(patterns));
    tables.set(`${start}assembly_regions.parquet`, assemblyRegionsTable(patterns));
    tables.set(`${start}spectrum.parquet`, spectrumTable(patterns));
  }
  for (const wire of wires.filter(({ type }) => type === 'correlation')) {
    const value = values.get(wireKey(wire));
    const correlation = isKind(value, 'correlation') ? value : undefined;
    tables.set(`${prefix(wire, wires)}correlation.parquet`, correlationTable(correlation));
  }
  const psths = made('psth');
  const hasPsth = wires.some(({ type }) => type === 'psth');
  if (hasPsth) tables.set('psth.parquet', psthTable(psths));
  if (wires.some(({ type }) => type === 'moments')) {
    tables.set('moments.parquet', momentsTable(made('moments'), onlyUnitIds(recordings)));
  }
  const isOne = recordings.length === 1;
  for (const { node, values } of recordings) {
    const start = isOne ? '' : `${node}.`;
    // Two ports may carry one value.
    const found = [...new Set(Object.values(values))];
    const units = found.find((value) => isKind(value, 'units'));
    const epochs = found.find((value) => isKind(value, 'epochs'));
    const events = found.filter((value) => isKind(value, 'events'));
    if (units) tables.set(`${start}units.parquet`, unitsTable(units));
    if (epochs) tables.set(`${start}epochs.parquet`, epochsTable(epochs));
    if (events.length > 0 || (isOne && hasPsth)) {
      tables.set(`${start}events.parquet`, eventsTable(events, isOne ? psths : []));
    }
  }
  // Aligned times belong to the run; with one recording they stand beside its event sets.
  if (!isOne && hasPsth) tables.set('events.parquet', eventsTable([], psths));
  return tables;
}

function isKind<K extends ValueType>(
  value: ValueTypes[ValueType] | undefined,
  kind: K,
): value is ValueTypes[K] {
  return value?.kind === kind;
}

/** Unit ids in index order where there is one recording to take them from. */
function onlyUnitIds(recordings: SinkContext['recordings']): Int32Array | undefined {
  const [first, ...others] = recordings;
  const units = Object.values(first?.values ?? {}).find((value) => isKind(value, 'units'));
  return units && others.length === 0 ? Int32Array.from(units.kept, ({ id }) => id) : undefined;
}

/** Nothing for the only wire of its type; else the node, and the port where the node has several of the type. */
function prefix(wire: RecordedWire, wires: readonly RecordedWire[]): string {
  const sameType = wires.filter(({ type }) => type === wire.type);
  if (sameType.length <= 1) return '';
  const sameNode = sameType.filter(({ node }) => node === wire.node);
  return sameNode.length > 1 ? `${wire.node}.${wire.port}.` : `${wire.node}.`;
}

function wireKey({ node, port }: RecordedWire): string {
  return `${node}.${port}`;
}

async function refuse({ node, port, type }: RecordedWire): Promise<void> {
  throw new SinkError({
    code: 'UNEXPECTED_STREAM',
    where: `${node}.${port}`,
    found: type,
    expected: 'activation',
  });
}

export const parquetNode = defineSink({
  op: 'parquet',
  summary:
    'Writes activations, patterns, correlations, event averages and the tables of the run as Parquet.',
  records: ['activation', 'patterns', 'correlation', 'psth', 'moments'],
  params,
  open: async (options, context) => {
    // It needs its room, where that is short; what projects can do without.
    await openCodec(options.compression);
    return open(options, context);
  },
});
