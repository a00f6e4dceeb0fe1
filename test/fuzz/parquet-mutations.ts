import type { Cell, ColumnSpec, ColumnType } from '../../src/sinks/parquet-column.ts';
import { type FileOptions, writeTable } from '../../src/sinks/parquet-file.ts';
import { createMemoryFile } from '../support/memory-folder.ts';
import { damage } from './bytes.ts';
import type { Dice } from './dice.ts';

/** Columns with their types, and rows. */
export interface MadeTable {
  readonly columns: readonly (readonly [string, ColumnType])[];
  readonly rows: readonly (readonly Cell[])[];
}

export async function parquetOf(
  { columns, rows }: MadeTable,
  options: FileOptions = {},
): Promise<Buffer> {
  const file = createMemoryFile();
  const specs = columns.map(
    ([name, type]): ColumnSpec => ({
      name,
      type,
      isNullable: rows.some((row) => row[columns.findIndex(([other]) => other === name)] === null),
    }),
  );
  await writeTable(file, { columns: specs, rows }, { name: 'made' }, options);
  return Buffer.from(file.bytes());
}

/** A Parquet file with damage, mostly in its footer: what stands there is what a reader believes. */
export function damagedParquet(bytes: Buffer, dice: Dice): Buffer {
  const footerSize = bytes.readUInt32LE(bytes.length - 8);
  const at = bytes.length - 8 - footerSize;
  switch (dice.below(6)) {
    case 0:
      return damage(bytes, dice);
    case 1: {
      const body = damage(bytes.subarray(4, at), dice);
      return Buffer.concat([bytes.subarray(0, 4), body, bytes.subarray(at)]);
    }
    case 2: {
      const copy = Buffer.from(bytes);
      for (let left = dice.few(3); left > 0; left--) {
        copy[4 + dice.below(Math.min(60, at))] = dice.below(256);
      }
      return copy;
    }
    default:
      return Buffer.concat([bytes.subarray(0, at), spoiledFooter(bytes.subarray(at, -8), dice)]);
  }
}

/** Varints as long as they can be stand for counts and sizes of any magnitude. */
const longVarints = [
  'ffffffff0f',
  'feffffff0f',
  'ffffffffffffffffff01',
  'feffffffffffffffff01',
  '8080808010',
];

function spoiledFooter(footer: Buffer, dice: Dice): Buffer {
  let copy: Buffer = Buffer.from(footer);
  for (let left = dice.few(4); left > 0; left--) {
    const at = dice.below(copy.length);
    if (dice.chance(0.3)) {
      const varint = Buffer.from(dice.pick(longVarints), 'hex');
      copy = Buffer.concat([copy.subarray(0, at), varint, copy.subarray(at + 1)]);
    } else if (dice.chance(0.2)) {
      copy = damage(copy, dice);
      if (copy.length === 0) break;
    } else copy[at] = dice.chance(0.5) ? dice.below(256) : copy[at] ^ (1 << dice.below(8));
  }
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(copy.length);
  tail.write('PAR1', 4);
  return Buffer.concat([copy, tail]);
}
