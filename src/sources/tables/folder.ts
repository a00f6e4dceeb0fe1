import { join } from 'node:path';
import { InputError, nearest, show } from '../../errors.ts';
import { listFolder } from '../session-folder.ts';
import type { TableFile } from './table-file.ts';

const tableNames = ['spikes', 'units', 'epochs', 'states', 'events'] as const;
const formats = ['csv', 'parquet'] as const;

/** The tables of a session; only spikes must be there. */
export interface TableFiles {
  readonly folder: string;
  readonly spikes: TableFile;
  readonly units: TableFile | undefined;
  readonly epochs: TableFile | undefined;
  readonly states: TableFile | undefined;
  readonly events: TableFile | undefined;
}

/**
 * Finds the tables in a folder.
 * @throws InputError when there are no spikes, or a table is there in both formats
 */
export async function findTables(path: string): Promise<TableFiles> {
  const { folder, names } = await listFolder(path, {
    expected: 'a folder of tables',
    hint: 'give the folder that holds spikes.csv or spikes.parquet',
  });
  const [spikes, units, epochs, states, events] = tableNames.map((table) => {
    const found = formats
      .map((format) => ({
        path: join(folder, `${table}.${format}`),
        name: `${table}.${format}`,
        format,
      }))
      .filter(({ name }) => names.has(name));
    if (found.length < 2) return found[0];
    throw new InputError({
      code: 'TABLE_TWICE',
      where: folder,
      found: `both ${found.map(({ name }) => name).join(' and ')}`,
      expected: 'one of them',
    });
  });
  if (spikes) return { folder, spikes, units, epochs, states, events };
  const near = nearest('spikes.csv', names, 6);
  throw new InputError({
    code: 'TABLE_MISSING',
    where: folder,
    found: near.length === 0 ? 'an empty folder' : show(near.join(', ')),
    expected: 'spikes.csv or spikes.parquet',
    hint: 'a table of unit_id and time, one row per spike',
  });
}

/** Those of the tables that are there, in the order they are listed in. */
export function tablesOf({ spikes, units, epochs, states, events }: TableFiles): TableFile[] {
  return [spikes, units, epochs, states, events].filter((file) => file !== undefined);
}
