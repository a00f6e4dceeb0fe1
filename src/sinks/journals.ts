import type { OpenSink, RecordedWire, SinkContext } from '../define.ts';
import { SinkError } from '../errors.ts';
import type { ActivationChunk } from '../model/chunk.ts';
import { machineClock } from '../model/clock.ts';
import { toRecordBatch } from '../model/record-batch.ts';
import { toRecordingBatch } from '../model/recording-batch.ts';
import { numberedUnits, type Unit, type UnitTable } from '../model/units.ts';
import { joinActivation } from './join-activation.ts';
import type { JournalOptions } from './journal.ts';
import { createJournalFile, type JournalFile } from './journal-file.ts';
import { activationsJournal, recordingJournal, unitsText } from './journal-names.ts';
import { createSyncer } from './journal-sync.ts';
import { createRowGatherer } from './recording-rows.ts';
import { createRecordingWriter } from './recording-writer.ts';

/** Seconds from the writing of a batch to its being on the disk itself, as long as the disk keeps up. */
const syncSeconds = 1;

/**
 * Writes activation, and what live sources tell, to journals while a run goes on: Arrow IPC streams that can be read
 * wherever the writing ends. What was written outlasts the process at once, and a power failure a second later; the run
 * does not wait for that. When the run completes, the recording stands as tables in the folder `recording` and the
 * activation in the files of the parquet sink, and the journals go.
 * Memory: what comes in `flushSeconds`, and a row group of spikes.
 * @throws SinkError when a file cannot be written, at the latest with the next chunk
 */
export function openJournals(options: JournalOptions, context: SinkContext): OpenSink {
  const activations = context.wires.filter(({ type }) => type === 'activation');
  const [spikes, second] = context.wires.filter(({ type }) => type === 'spikes');
  // Two live sources would need two clocks.
  if (second && options.recording) throw secondSource(second);
  const source = options.recording ? spikes?.node : undefined;
  const journals = new Map<string, Journal>();
  for (const wire of activations) {
    const name = activationsJournal(wire.node, activations.length === 1);
    journals.set(keyOf(wire), journalActivation(name, context));
  }
  const recording = source === undefined ? undefined : journalRecording(source, context);

  const all = [...journals.values(), ...(recording ? [recording] : [])];
  let callOff: (() => void) | undefined;
  let failure: unknown;
  let lastStep = Promise.resolve();
  const fail = (error: unknown): void => {
    failure ??= error;
  };
  const sync = async (): Promise<void> => {
    for (const journal of all) await journal.sync();
  };
  const syncer = createSyncer(syncSeconds, sync, fail, machineClock);
  const flush = (): Promise<void> => {
    callOff?.();
    callOff = undefined;
    lastStep = lastStep.then(async () => {
      for (const journal of all) await journal.flush();
      syncer.later();
    });
    return lastStep;
  };
  const flushLater = (): void => {
    callOff ??= machineClock.after(options.flushSeconds, () => {
      callOff = undefined;
      flush().catch(fail);
    });
  };
  return {
    chunk: async (wire, chunk) => {
      if (failure !== undefined) throw failure;
      if (chunk.kind === 'activation') journals.get(keyOf(wire))?.add(chunk);
      else if (wire.node === source) recording?.add(chunk);
      flushLater();
    },
    value: async () => {},
    finish: async () => {
      if (failure !== undefined) throw failure;
      await flush();
      await syncer.stop();
      for (const journal of all) await journal.finish();
    },
    close: async () => {
      // After a failure what can still be written is; that failure is the one to tell.
      await flush().catch(() => undefined);
      await syncer.stop();
    },
  };
}

interface Journal {
  readonly add: (chunk: Parameters<OpenSink['chunk']>[1]) => void;
  readonly flush: () => Promise<void>;
  readonly sync: () => Promise<void>;
  readonly finish: () => Promise<void>;
}

function journalActivation(name: string, { folder, provenance }: SinkContext): Journal {
  const file = openOnce(name, folder);
  let waiting: ActivationChunk[] = [];
  return {
    add: (chunk) => {
      if (chunk.kind === 'activation' && chunk.nBins > 0) waiting.push(chunk);
    },
    flush: async () => {
      if (waiting.length === 0) return;
      const joined = joinActivation(waiting);
      waiting = [];
      await (await file.journal()).append(toRecordBatch(joined, provenance));
    },
    sync: file.sync,
    finish: file.discard,
  };
}

function journalRecording(node: string, context: SinkContext): Journal {
  const { folder, provenance } = context;
  const units = unitsOf(context, node);
  const gatherer = createRowGatherer(Int32Array.from(units, ({ id }) => id));
  const tables = createRecordingWriter(folder, units, provenance);
  const metadata = new Map([...provenance, ['rekindle.units', unitsText(units)]]);
  const file = openOnce(recordingJournal, folder);
  return {
    add: (chunk) => {
      if (chunk.kind === 'spikes') gatherer.spikes(chunk);
      else if (chunk.kind === 'trigger') gatherer.trigger(chunk);
    },
    flush: async () => {
      const rows = gatherer.take();
      if (!rows) return;
      await (await file.journal()).append(toRecordingBatch(rows, metadata));
      await tables.write(rows);
    },
    sync: file.sync,
    finish: async () => {
      await tables.finish();
      await file.discard();
    },
  };
}

/** A journal that is opened when there is something to write to it. */
function openOnce(name: string, folder: SinkContext['folder']) {
  let opening: Promise<{ journal: JournalFile; discard: () => Promise<void> }> | undefined;
  const open = async () => {
    const writer = await folder.create(name);
    const journal = createJournalFile(writer);
    return { journal, discard: writer.discard ?? journal.end };
  };
  return {
    journal: async () => {
      opening ??= open();
      return (await opening).journal;
    },
    sync: async () => {
      await (await opening)?.journal.sync();
    },
    discard: async () => {
      await (await opening)?.discard();
    },
  };
}

function unitsOf({ recordings }: SinkContext, node: string): readonly Unit[] {
  const values = Object.values(
    recordings.find((recording) => recording.node === node)?.values ?? {},
  );
  const units = values.find((value): value is UnitTable => value.kind === 'units');
  return (units ?? numberedUnits(0)).kept;
}

function secondSource({ node }: RecordedWire): SinkError {
  return new SinkError({
    code: 'ONE_RECORDING',
    found: `a second live source, "${node}"`,
    expected: 'one, for each has a clock of its own',
    hint: 'name what is to be recorded with from, or write recording: false',
  });
}

function keyOf({ node, port }: RecordedWire): string {
  return `${node}.${port}`;
}
