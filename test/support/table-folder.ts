import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { SpikeChunk } from '../../src/model/chunk.ts';
import type { Note } from '../../src/model/report.ts';
import type { Cell, ColumnSpec, ColumnType } from '../../src/sinks/parquet-column.ts';
import { type FileOptions, writeTable } from '../../src/sinks/parquet-file.ts';
import { openTables, type TablesOptions } from '../../src/sources/tables.ts';
import { createMemoryFile } from './memory-folder.ts';

/** Contents of files by their names. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Folders of tables for the tests of a file, removed behind them. */
export function tableFolders() {
  let parent = '';
  let nFolders = 0;
  beforeAll(() => {
    parent = mkdtempSync(join(tmpdir(), 'tables-'));
  });
  afterAll(() => rmSync(parent, { recursive: true }));
  const save = (files: Files): string => {
    const folder = join(parent, `session${nFolders++}`);
    mkdirSync(folder);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return folder;
  };
  return {
    save,
    /** Opens the tables with the codes of what was reported. */
    open: async (
      files: Files,
      options: Partial<TablesOptions> = {},
      wanted?: readonly string[],
    ) => {
      const notes: Note[] = [];
      const path = save(files);
      const session = await openTables(
        { path, ...options },
        {
          report: (note) => notes.push(note),
          ...(wanted ? { wanted: new Set(wanted) } : {}),
        },
      );
      return { ...session, path, notes, codes: notes.map(({ code }) => code) };
    },
  };
}

export interface Table {
  readonly columns: readonly ColumnSpec[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A table from columns given as `name type`, nullable with a question mark behind it. */
export function table(columns: readonly string[], rows: readonly (readonly Cell[])[]): Table {
  const specs = columns.map((column): ColumnSpec => {
    const [name = '', type = ''] = column.split(' ');
    return { name, type: type.replace('?', '') as ColumnType, isNullable: type.endsWith('?') };
  });
  return { columns: specs, rows };
}

export function toCsv({ columns, rows }: Table, delimiter = ',', lineEnd = '\n'): string {
  const quoted = (cell: Cell) => {
    const text = String(cell ?? '');
    return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [columns.map(({ name }) => name), ...rows.map((row) => row.map(quoted))];
  return lines.map((line) => line.join(delimiter) + lineEnd).join('');
}

export async function toParquet(table: Table, options: FileOptions = {}): Promise<Uint8Array> {
  const file = createMemoryFile();
  await writeTable(file, table, { name: 'table' }, options);
  return file.bytes();
}

/** All chunks of a stream. */
export async function collectChunks(
  chunks: Iterable<SpikeChunk> | AsyncIterable<SpikeChunk>,
): Promise<SpikeChunk[]> {
  const collected: SpikeChunk[] = [];
  for await (const chunk of chunks) collected.push(chunk);
  return collected;
}

/** Time and unit of every spike. */
export function spikesOf(chunks: readonly SpikeChunk[]): [number, number][] {
  return chunks.flatMap(({ times, units }) =>
    Array.from(times, (time, i): [number, number] => [time, units[i]]),
  );
}
