import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { InputError } from '../errors.ts';
import { formatDuration } from '../model/duration.ts';
import { columnArrays } from '../model/record-batch.ts';
import { fromRecordingBatch } from '../model/recording-batch.ts';
import { DiskFile, guarded, partial, syncFolder } from '../sinks/disk-file.ts';
import { isJournal, parquetOfJournal, unitsFromText } from '../sinks/journal-names.ts';
import { type JournalEnd, readJournal } from '../sinks/journal-reader.ts';
import { createParquetFile, type ParquetFile } from '../sinks/parquet-file.ts';
import {
  createRecordingWriter,
  type RecordedPart,
  type RecordingWriter,
} from '../sinks/recording-writer.ts';
import { takeLock } from '../sinks/run-lock.ts';
import { makeSubfolder } from '../sinks/subfolders.ts';
import { triggersFile } from '../sinks/triggers.ts';
import { type RecoveredTriggers, recoverTriggers } from '../sinks/triggers-recover.ts';
import { version } from '../version.ts';

const runJsonName = 'run.json';

/** What a journal held. */
interface RecoveredJournal {
  readonly journal: string;
  readonly nBatches: number;
  readonly nRows: number;
  /** Bytes behind the last whole batch could not be read. */
  readonly isCut: boolean;
  /** First and last time of activation, in seconds; null where there is none. */
  readonly span: readonly [number, number] | null;
  readonly parts: readonly RecordedPart[];
}

/** What a run that was cut short left, in `run.json`. */
interface Recovery {
  readonly rekindle: string;
  readonly isRecovered: true;
  readonly journals: readonly RecoveredJournal[];
  /** Null where the run wrote none. */
  readonly triggers: RecoveredTriggers | null;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** What the run would have told at its end, and never did. */
  readonly notRecovered: readonly string[];
}

/** All but the last is in the recording, or in the run that the templates came from. */
const notRecovered = [
  'averages around events',
  'patterns, moments and units of the run',
  'what the run counted and warned of',
];

/**
 * `rekindle recover`: makes of the journals of a live run that was cut short what the run would have made of them, keeps
 * the triggers that it wrote, says what there is and what is not, and removes the journals. Other files that the run had
 * begun are removed too: they are whole only when a run has ended.
 * @throws InputError NOTHING_TO_RECOVER, RUN_IN_THE_WAY; SinkError RUN_BUSY while the run goes on, DISK_FULL, OUTPUT_UNWRITABLE
 */
export async function recoverCommand(run: string, { json }: { json?: true }): Promise<number> {
  const path = resolve(run);
  const names = await readdir(path).catch((cause: unknown) => {
    throw nothing(run, 'no such folder', cause);
  });
  const journals = names.filter(
    (name) => isJournal(name.slice(0, -partial.length)) && name.endsWith(partial),
  );
  if (journals.length === 0) {
    const found = names.includes(runJsonName) ? 'a finished run' : 'no journals';
    throw nothing(run, found);
  }
  if (names.includes(runJsonName)) await refuseFinished(path);
  const lock = await takeLock(path);
  try {
    const files = new Map<string, DiskFile>();
    const create = async (name: string): Promise<DiskFile> => {
      await lock.note({ begun: [name] });
      await makeSubfolder(path, name);
      const file = new DiskFile(name, join(path, name + partial));
      files.set(name, file);
      await file.open();
      return file;
    };
    const recovered: RecoveredJournal[] = [];
    for (const name of journals) recovered.push(await recover(path, name, create));
    // They have their final name where the run ended while it was being completed.
    const hasPartial = names.includes(triggersFile + partial);
    const triggersName = hasPartial ? triggersFile + partial : triggersFile;
    const triggers = (await recoverTriggers(join(path, triggersName))) ?? null;
    const written = [...files.values()].map(({ name, bytes }) => ({ name, bytes }));
    const summary: Recovery = {
      rekindle: version,
      isRecovered: true,
      journals: recovered,
      triggers,
      files: triggers ? [...written, { name: triggersFile, bytes: triggers.bytes }] : written,
      notRecovered,
    };
    const { begun } = await lock.noted();
    const text = `${JSON.stringify(summary, null, 2)}\n`;
    const runJson = await create(runJsonName);
    await runJson.write(new TextEncoder().encode(text));
    await runJson.close();
    const moved = [...summary.files.map(({ name }) => name), runJsonName];
    for (const name of moved) {
      if (name === triggersFile && !hasPartial) continue;
      const place = join(path, name);
      await guarded(place, () => rename(place + partial, place));
    }
    for (const folder of new Set(moved.map((name) => dirname(join(path, name))))) {
      await guarded(folder, () => syncFolder(folder));
    }
    const left = begun.filter((name) => !moved.includes(name)).map((name) => name + partial);
    for (const name of new Set([...journals, ...left])) await rm(join(path, name), { force: true });
    await lock.release({ isClean: true });
    process.stdout.write(json ? text : `${render(summary, run)}\n`);
    return 0;
  } catch (error) {
    await lock.release({ isClean: false });
    throw error;
  }
}

type Create = (name: string) => Promise<DiskFile>;

async function recover(folder: string, name: string, create: Create): Promise<RecoveredJournal> {
  const journal = name.slice(0, -partial.length);
  const parquet = parquetOfJournal(journal);
  const end: JournalEnd = { isCut: false };
  let [nBatches, nRows] = [0, 0];
  let activation: ParquetFile | undefined;
  let recording: RecordingWriter | undefined;
  let span: [number, number] | null = null;
  for await (const batch of readJournal(join(folder, name), end)) {
    const { metadata } = batch.schema;
    nBatches++;
    nRows += batch.numRows;
    if (parquet !== undefined) {
      const columns = columnArrays(batch);
      const specs = batch.schema.fields.map(({ name }) => ({ name, type: 'float64' as const }));
      activation ??= await createParquetFile(await create(parquet), specs, {
        name: parquet,
        metadata,
      });
      await activation.write(columns, batch.numRows);
      const [times] = columns;
      span = [span?.[0] ?? times[0], times[times.length - 1]];
      continue;
    }
    const rows = fromRecordingBatch(batch);
    if (!rows) continue;
    const provenance = new Map(metadata);
    provenance.delete('rekindle.units');
    const units = unitsFromText(metadata.get('rekindle.units') ?? '');
    recording ??= createRecordingWriter({ create }, units, provenance);
    await recording.write(rows);
  }
  await activation?.finish();
  const parts = (await recording?.finish()) ?? [];
  return { journal, nBatches, nRows, isCut: end.isCut, span, parts };
}

function render({ journals, triggers, files, notRecovered }: Recovery, run: string): string {
  const lines: string[] = [];
  for (const { journal, nRows, isCut, span, parts } of journals) {
    const cut = isCut ? ', and a piece at its end that was cut short' : '';
    const of = span ? ` from ${span[0].toFixed(3)} to ${span[1].toFixed(3)} s` : '';
    lines.push(`${journal}: ${nRows.toLocaleString('en')} rows${of}${cut}`);
    for (const { folder, nSpikes, nLate, nEvents, runs } of parts) {
      const seconds = runs.reduce((sum, { start, end }) => sum + end - start, 0);
      const late = nLate > 0 ? `, ${nLate.toLocaleString('en')} late ones` : '';
      lines.push(
        `${folder}: ${nSpikes.toLocaleString('en')} spikes${late}, ${nEvents} events, ${runs.length} runs of ${formatDuration(seconds)} together`,
      );
    }
  }
  if (triggers) {
    const cut = triggers.isCut ? ', and a piece at its end that was cut short' : '';
    lines.push(`${triggersFile}: ${triggers.nTriggers.toLocaleString('en')} triggers${cut}`);
  }
  const where = relative(process.cwd(), resolve(run)) || '.';
  lines.push(`not recovered: ${notRecovered.join('; ')}`);
  return [...lines, `${files.length + 1} files in ${where}`].join('\n');
}

/** A run that was to be replaced is whole still: its files would be mixed with these. */
async function refuseFinished(path: string): Promise<void> {
  const place = join(path, runJsonName);
  const text = await guarded(place, () => readFile(place, 'utf8'));
  if (/"isRecovered": true/.test(text)) return;
  throw new InputError({
    code: 'RUN_IN_THE_WAY',
    where: path,
    found: 'a finished run beside the journals of one that was cut short',
    expected: 'a folder that holds the run which was cut short alone',
    hint: `move the files *.arrows${partial} and ${triggersFile}${partial} to a folder of their own, and recover that`,
  });
}

function nothing(where: string, found: string, cause?: unknown): InputError {
  return new InputError({
    code: 'NOTHING_TO_RECOVER',
    where,
    found,
    expected: 'the folder of a live run that was cut short, with its journals',
    cause,
  });
}
