import { type Files, table, toCsv, toParquet } from './table-folder.ts';

const spikes = table(
  ['unit_id int32', 'time float64'],
  [
    [5, 1],
    [7, 2],
    [5, 2],
    [7, 2.5],
    [5, 29.5],
  ],
);
const units = table(
  ['unit_id int32', 'region utf8?', 'cell_type utf8?', 'shank float64?', 'note utf8?'],
  [
    [5, 'CA1', 'Pyramidal Cell', 1, 'a, "b"'],
    [7, 'CA3', 'Pyramidal Cell', 2.5, null],
  ],
);
const epochs = table(
  ['name utf8', 'start float64', 'stop float64', 'environment utf8'],
  [
    ['pre', 0, 10, 'sleep'],
    ['run', 10, 20, 'linear'],
    ['post', 20, 30, 'sleep'],
  ],
);
const states = table(
  ['state utf8', 'start float64', 'stop float64'],
  [
    ['THETA', 13, 14],
    ['REM', 1, 2],
    ['THETA', 11, 12],
  ],
);
const events = table(
  ['name utf8', 'start float64', 'peak float64?', 'stop float64?'],
  [
    ['ripples', 12, 12.05, 12.1],
    ['ttl', 3, null, null],
    ['ripples', 1, null, 1.1],
  ],
);
export const session = { spikes, units, epochs, states, events };

/** The tables of a small session as CSV files, all or some. */
export function csvFiles(tables: Partial<typeof session> = session): Files {
  return Object.fromEntries(
    Object.entries(tables).map(([name, content]) => [`${name}.csv`, toCsv(content)]),
  );
}

/** The same as Parquet files of several row groups. */
export async function parquetFiles(): Promise<Files> {
  const files: Record<string, Uint8Array> = {};
  for (const [name, content] of Object.entries(session)) {
    files[`${name}.parquet`] = await toParquet(content, { rowGroupSize: 2 });
  }
  return files;
}
