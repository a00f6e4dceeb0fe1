import type { Cell } from '../../src/sinks/parquet-column.ts';
import { openMomentsFile } from '../../src/sources/moments-file.ts';
import { Dice } from './dice.ts';
import { Fault } from './outcome.ts';
import { damagedParquet, type MadeTable, parquetOf } from './parquet-mutations.ts';
import type { Content } from './scratch.ts';
import type { Target } from './targets.ts';

/** Moments of an earlier run. */
export const momentsFiles: Target = {
  make: async (seed, scratch) => {
    const dice = new Dice(seed, 'moments');
    const content = await made(dice);
    const path = await scratch.folder('moments', new Map([['moments.parquet', content]]));
    const node = dice.pick([undefined, undefined, 'z', 'taskZ', '__proto__']);
    return {
      run: async () => {
        const { values } = await openMomentsFile({ path, node });
        const { moments } = values;
        if (moments.kind !== 'moments') throw new Fault('no moments');
        const { mean, sd, unitIds } = moments;
        const isSound =
          mean.length === sd.length &&
          mean.every(Number.isFinite) &&
          sd.every((value) => value >= 0);
        if (!isSound || unitIds?.length !== mean.length)
          throw new Fault('moments that make no sense');
        return 'moments';
      },
    };
  },
};

async function made(dice: Dice): Promise<Content> {
  if (dice.chance(0.01)) return dice.pick<Content>(['fifo', 'folder', { link: '/dev/zero' }]);
  const bytes = await parquetOf(dice.chance(0.3) ? spoiledTable(dice) : soundTable(dice), {
    compression: dice.pick(['zstd', 'snappy', 'none']),
    rowGroupSize: dice.pick([2, 100]),
  });
  return dice.chance(0.7) ? damagedParquet(bytes, dice) : bytes;
}

function soundTable(dice: Dice): MadeTable {
  const nodes = dice.chance(0.7) ? ['z'] : ['z', 'taskZ'];
  const rows = nodes.flatMap((node) =>
    [1, 2, 3, 4].map((id): Cell[] => [node, id, 0.25 * id, 0.5, 1000, 0.025, 0]),
  );
  return {
    columns: [
      ['node', 'utf8'],
      ['unit_id', 'int32'],
      ['mean', 'float64'],
      ['sd', 'float64'],
      ['n_bins', 'int32'],
      ['bin_size', 'float64'],
      ['smoothing_sd', 'float64'],
    ],
    rows,
  };
}

/** A whole file whose content is wrong. */
function spoiledTable(dice: Dice): MadeTable {
  const { columns, rows } = soundTable(dice);
  const at = dice.below(columns.length);
  const [name, type] = columns[at];
  const values: Cell[] = type === 'utf8' ? ['', '__proto__', null] : [-1, 0, null, 2e9];
  const wrong = dice.chance(0.3) && type === 'float64' ? Number.NaN : dice.pick(values);
  switch (dice.below(4)) {
    case 0:
      return {
        columns: columns.filter((_, index) => index !== at),
        rows: rows.map((row) => row.filter((_, index) => index !== at)),
      };
    case 1: {
      const renamed = dice.pick(['__proto__', 'constructor', '', `${name}s`]);
      return { columns: columns.map((c, i) => (i === at ? [renamed, type] : c)), rows };
    }
    case 2:
      return { columns, rows: [] };
    default: {
      const hit = dice.below(rows.length);
      return {
        columns,
        rows: rows.map((row, r) =>
          r === hit ? row.map((cell, c) => (c === at ? wrong : cell)) : row,
        ),
      };
    }
  }
}
