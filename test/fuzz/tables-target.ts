import type { Cell, ColumnType } from '../../src/sinks/parquet-column.ts';
import { openTables } from '../../src/sources/tables.ts';
import { damage } from './bytes.ts';
import { Dice } from './dice.ts';
import { damagedParquet, type MadeTable, parquetOf } from './parquet-mutations.ts';
import { checkSpikes, checkValues } from './recording-checks.ts';
import type { Content } from './scratch.ts';
import type { Target } from './targets.ts';

/** Folders of tables: opened, and all spikes read twice. */
export const tables: Target = {
  make: async (seed, scratch) => {
    const dice = new Dice(seed, 'tables');
    const files = await mutatedFolder(dice);
    const options = {
      path: await scratch.folder('tables', files),
      chunkSeconds: dice.pick([3600, 3600, 1e5, 0.25]),
      ...(dice.chance(0.2) ? { brainRegion: ['CA1'] } : {}),
      ...(dice.chance(0.3) ? { support: 'spikes' as const } : {}),
      ...(dice.chance(0.3) ? { roles: 'multitask' as const } : {}),
      ...(dice.chance(0.3) ? { mergeMemory: 1 << 16, scratch: scratch.root } : {}),
    };
    return {
      run: async () => {
        const session = await openTables(options);
        try {
          const { units, epochs, ripples } = session.values;
          checkValues(units, epochs, [ripples]);
          const nSpikes = await checkSpikes(session.streams.spikes(), units);
          const again = await checkSpikes(session.streams.spikes(), units);
          if (nSpikes !== again) throw new Error(`${nSpikes} spikes, then ${again}`);
          return nSpikes > 0 ? 'spikes' : 'no spikes';
        } finally {
          await session.close();
        }
      },
    };
  },
};

type Name = 'spikes' | 'units' | 'epochs' | 'states' | 'events';

async function mutatedFolder(dice: Dice): Promise<Map<string, Content>> {
  const made = soundTables(dice);
  const spoiled = dice.pick<Name>([
    'spikes',
    'spikes',
    'spikes',
    'units',
    'epochs',
    'states',
    'events',
  ]);
  const files = new Map<string, Content>();
  for (const [name, table] of Object.entries(made) as [Name, MadeTable][]) {
    if (name !== 'spikes' && dice.chance(0.15)) continue;
    const isParquet = dice.chance(0.4);
    const isHit = name === spoiled && !dice.chance(0.05);
    const content = isHit && dice.chance(0.5) ? spoiledTable(table, dice) : table;
    const bytes = isParquet ? await parquetOf(content, parquetOptions(dice)) : csvOf(content, dice);
    const isDamaged = isHit && dice.chance(0.6);
    files.set(
      `${name}.${isParquet ? 'parquet' : 'csv'}`,
      isDamaged ? (isParquet ? damagedParquet(bytes, dice) : damagedCsv(bytes, dice)) : bytes,
    );
  }
  if (dice.chance(0.02)) {
    const name = `${spoiled}.${dice.pick(['csv', 'parquet'])}`;
    files.set(
      name,
      dice.pick<Content>(['fifo', 'folder', 'loop', { link: '/dev/zero' }, Buffer.alloc(0)]),
    );
  }
  return files;
}

function parquetOptions(dice: Dice) {
  return {
    compression: dice.pick(['zstd', 'snappy', 'none'] as const),
    rowGroupSize: dice.pick([3, 50, 100_000]),
  };
}

function soundTables(dice: Dice): Record<Name, MadeTable> {
  const areTexts = dice.chance(0.3);
  const ids: Cell[] = areTexts ? ['u1', 'u10', 'u2'] : [1, 10, 2];
  const idType: ColumnType = areTexts ? 'utf8' : 'int32';
  const nSpikes = dice.pick([0, 5, 200, 200, 3000]);
  const isOrdered = dice.chance(0.6);
  const times = Array.from({ length: nSpikes }, () => Math.round(dice.next() * 120e4) / 1e4);
  if (isOrdered) times.sort((a, b) => a - b);
  return {
    spikes: {
      columns: [
        ['unit_id', idType],
        ['time', 'float64'],
      ],
      rows: times.map((time): Cell[] => [dice.pick(ids), time]),
    },
    units: {
      columns: [
        ['unit_id', idType],
        ['region', 'utf8'],
        ['cell_type', 'utf8'],
        ['depth', 'float64'],
      ],
      rows: ids.map((id, i): Cell[] => [id, i < 2 ? 'CA1' : 'CA3', 'Pyramidal "Cell", big', i / 2]),
    },
    epochs: {
      columns: [
        ['name', 'utf8'],
        ['start', 'float64'],
        ['stop', 'float64'],
        ['environment', 'utf8'],
      ],
      rows: [
        ['before', 0, 40, 'sleep'],
        ['track', 40, 80, 'linear'],
        ['after', 80, 120, 'sleep'],
      ],
    },
    states: {
      columns: [
        ['state', 'utf8'],
        ['start', 'float64'],
        ['stop', 'float64'],
      ],
      rows: [
        ['NREMstate', 0, 30],
        ['THETA', 40, 60],
        ['NREMstate', 80, 110],
      ],
    },
    events: {
      columns: [
        ['name', 'utf8'],
        ['start', 'float64'],
        ['peak', 'float64'],
        ['stop', 'float64'],
      ],
      rows: [
        ['ripples', 10, 10.05, 10.1],
        ['spindles', 20, null, null],
        ['ripples', 90, 90.05, 90.1],
      ],
    },
  };
}

const texts = [
  '',
  '__proto__',
  'units',
  'spikes',
  'é🙂',
  'a,b',
  'a"b',
  'x\ny',
  '=1+1',
  'NaN',
  '1e999',
  ' 7 ',
];
const numbers = [
  -1,
  0,
  1e300,
  -1e300,
  Number.NaN,
  Infinity,
  1e8,
  2e8,
  1e17,
  5e-324,
  2 ** 31,
  0.1 + 0.2,
];

/** A whole table whose content is wrong. */
function spoiledTable(table: MadeTable, dice: Dice): MadeTable {
  const columns = table.columns.map((column) => [...column] as [string, ColumnType]);
  let rows = table.rows.map((row) => [...row]);
  for (let left = dice.few(3); left > 0; left--) {
    const at = dice.below(columns.length);
    switch (dice.below(7)) {
      case 0:
        columns[at][0] = dice.pick(['', '__proto__', 'time', 'unit_id', 'Start', 'constructor']);
        break;
      case 1:
        rows = rows.slice(0, dice.below(rows.length + 1));
        break;
      case 2:
        rows.push(...rows.slice(0, 2).map((row) => [...row]));
        break;
      case 3:
        rows.reverse();
        break;
      default:
        if (rows.length === 0) break;
        rows[dice.below(rows.length)][at] = hostileCell(columns[at][1], dice);
    }
  }
  return { columns, rows };
}

function hostileCell(type: ColumnType, dice: Dice): Cell {
  if (dice.chance(0.2)) return null;
  if (type === 'utf8') return dice.pick(texts);
  return type === 'int32' ? dice.pick([-1, 0, 2 ** 31 - 1, -(2 ** 31)]) : dice.pick(numbers);
}

function csvOf({ columns, rows }: MadeTable, dice: Dice): Buffer {
  const delimiter = dice.pick([',', ',', ';', '\t']);
  const end = dice.pick(['\n', '\n', '\r\n']);
  const write = (cell: Cell): string => {
    const text = cell === null ? '' : String(cell);
    return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [columns.map(([name]) => name), ...rows].map((row) =>
    row.map(write).join(delimiter),
  );
  return Buffer.from(`${dice.chance(0.1) ? '\ufeff' : ''}${lines.join(end)}${end}`);
}

const csvScraps = [
  '"',
  '""',
  ',',
  ';',
  '\r',
  '\n',
  '\0',
  '\ufeff',
  '-',
  '+',
  '.',
  'e',
  '1e5',
  '0x10',
  '#',
  ' ',
  '1_0',
  '∞',
];

function damagedCsv(bytes: Buffer, dice: Dice): Buffer {
  if (dice.chance(0.3)) return damage(bytes, dice);
  if (dice.chance(0.03))
    return Buffer.concat([bytes, Buffer.alloc(3 << 20, dice.pick(['"', '1', ',', '\n']))]);
  let text = bytes.toString();
  for (let left = dice.few(5); left > 0; left--) {
    const at = dice.below(text.length);
    text = `${text.slice(0, at)}${dice.pick(csvScraps)}${text.slice(at + dice.below(2))}`;
  }
  return Buffer.from(text);
}
