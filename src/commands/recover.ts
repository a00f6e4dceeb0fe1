import { readdir, rename, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
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
import { version } from '../version.ts';

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

/**
 * `rekindle recover`: makes of the journals of a live run that was cut short what the run would have made of them, says
 * what they hold, and removes them. Other files that the run had begun are removed too.
 * @throws InputError NOTHING_TO_RECOVER; SinkError RUN_BUSY while the run goes on, DISK_FULL, OUTPUT_UNWRITABLE
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
    const found = names.includes('run.json') ? 'a finished run' : 'no journals';
    throw nothing(run, found);
  }
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
    const { begun } = await lock.noted();
    const summary = {
      rekindle: version,
      isRecovered: true,
      journals: recovered,
      files: [...files.values()].map(({ name, bytes }) => ({ name, bytes })),
    };
    const text = `${JSON.stringify(summary, null, 2)}\n`;
    const runJson = await create('run.json');
    await runJson.write(new TextEncoder().encode(text));
    await runJson.close();
    for (const file of files.values()) {
      await guarded(file.place, () => rename(file.place, join(path, file.name)));
    }
    await guarded(path, () => syncFolder(path));
    const left = begun.filter((name) => !files.has(name)).map((name) => name + partial);
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

function render(
  {
    journals,
    files,
  }: { journals: readonly RecoveredJournal[]; files: readonly { name: string }[] },
  run: string,
): string {
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
  const where = relative(process.cwd(), resolve(run)) || '.';
  return [...lines, `${files.length} files in ${where}`].join('\n');
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
