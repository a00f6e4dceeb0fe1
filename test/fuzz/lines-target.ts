import { join } from 'node:path';
import { Float64, Int32, makeVector, RecordBatchStreamWriter, Table } from 'apache-arrow';
import { openLiveLines } from '../../src/sources/live-lines.ts';
import { damage } from './bytes.ts';
import { Dice } from './dice.ts';
import { hostileText } from './hostile.ts';
import { checkLive } from './live-checks.ts';
import type { Target } from './targets.ts';

/** What another program writes, as lines of JSON or as an Arrow stream, damaged. */
export const lines: Target = {
  make: async (seed, scratch) => {
    const dice = new Dice(seed, 'lines');
    const format = dice.pick(['json', 'arrow'] as const);
    const sound = format === 'json' ? jsonLines(dice) : arrowStream(dice);
    const bytes = dice.chance(0.7) ? damage(sound, dice) : sound;
    const folder = await scratch.folder('lines', new Map([['spikes', bytes]]));
    const options = {
      path: join(folder, 'spikes'),
      format,
      follow: false,
      units: [1, 2, 3].map((id) => ['', id, id] as const),
      idle: 'messages' as const,
      lateness: dice.pick([0, 0.02, 5]),
      maxSilence: dice.pick([1, 60]),
      maxLate: dice.pick([0.1, 5]),
      maxQueued: 1000,
      whenFull: dice.pick(['fail', 'drop-oldest'] as const),
    };
    return {
      run: async () => {
        const source = await openLiveLines(options);
        try {
          return await checkLive(source);
        } finally {
          await source.close?.();
        }
      },
    };
  },
};

/** Times that mostly go on, and now and then do not. */
function* times(dice: Dice): Generator<number> {
  let time = dice.below(100);
  for (let left = dice.few(400); left > 0; left--) {
    time += dice.pick([0, 0.001, 0.01, 0.2, -0.05]);
    if (dice.chance(0.01)) time = dice.pick([0, time + 100, -5, 1e8, 1e9, Number.NaN]);
    yield time;
  }
}

function jsonLines(dice: Dice): Buffer {
  const share = dice.pick([0, 0.05, 0.5]);
  const rows = [...times(dice)].map((time) => {
    const row: Record<string, unknown> = { time };
    if (dice.chance(0.9)) row.unit = dice.below(5);
    if (dice.chance(0.05)) row.event = true;
    if (dice.chance(0.05)) Object.assign(row, { line: dice.below(4), state: dice.chance(0.5) });
    const key = dice.pick(['time', 'unit', 'event', 'line', 'state', 'electrode', '__proto__']);
    const value = dice.pick([null, {}, [], -1, 0.5, 2 ** 31, 2 ** 53, 1e300, hostileText(dice)]);
    if (dice.chance(share)) Object.assign(row, { [key]: value });
    return JSON.stringify(row);
  });
  if (dice.chance(0.05)) rows.push('x'.repeat(200_000));
  return Buffer.from(`${rows.join(dice.pick(['\n', '\n', '\r\n', '\n\n']))}\n`);
}

function arrowStream(dice: Dice): Buffer {
  const all = [...times(dice)];
  // One schema for the whole stream.
  const timeName = dice.chance(0.95) ? 'time' : 'times';
  const batches = Array.from({ length: dice.few(4) }, () => {
    const part = all.splice(0, dice.few(200));
    const table = new Table({
      [timeName]: makeVector({
        type: new Float64(),
        data: Float64Array.from(part),
      }),
      unit_id: makeVector({
        type: new Int32(),
        data: Int32Array.from(part, () => dice.below(5)),
      }),
    });
    return table.batches;
  });
  return Buffer.from(RecordBatchStreamWriter.writeAll(batches.flat()).toUint8Array(true));
}
