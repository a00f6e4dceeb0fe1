import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Float64, Int32, makeVector, RecordBatchStreamWriter, Table } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenSource } from '../../src/define.ts';
import { openLiveLines } from '../../src/sources/live-lines.ts';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'rekindle-lines-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What a descriptor of this process is open on; the one that lists them is gone by then. */
function linkOf(fd: string): string | undefined {
  try {
    return readlinkSync(join('/proc/self/fd', fd));
  } catch {
    return undefined;
  }
}

const units = [
  ['', 7, 7],
  ['', 9, 9],
] as const;
const common = { units, idle: 'messages', lateness: 0.1 } as const;

/** Every spike of a source as [time, unit index], until it ends. */
async function spikesOf(source: OpenSource): Promise<[number, number][]> {
  const spikes: [number, number][] = [];
  for await (const chunk of source.streams.spikes()) {
    if (chunk.kind !== 'spikes') throw new Error(chunk.kind);
    chunk.times.forEach((time, i) => {
      spikes.push([time, chunk.units[i]]);
    });
  }
  return spikes;
}

describe('lines of JSON', () => {
  test('spikes, the clock, events; what is none is counted', async () => {
    const path = join(scratch, 'spikes.jsonl');
    const lines = [
      '{"time": 1, "unit": 7}',
      '{"time": 1.05, "unit": 9}',
      '{"time": 1.02, "unit": 9}',
      'noise',
      '{"time": "late", "unit": 7}',
      '{"time": 1.06, "unit": 1.5}',
      '{"time": 1e12, "unit": 7}',
      '{"time": 1.1, "unit": 8}',
      '{"time": 1.2, "event": true}',
      '{"time": 1.3, "line": 2, "state": 0}',
      '',
      '{"time": 1.5}',
    ];
    writeFileSync(path, lines.join('\n'));
    const source = await openLiveLines({ ...common, path, follow: false });
    const triggers: unknown[] = [];
    const reading = (async () => {
      for await (const trigger of source.streams.triggers()) triggers.push(trigger);
    })();
    expect(await spikesOf(source)).toEqual([
      [1, 0],
      [1.02, 1],
      [1.05, 1],
    ]);
    await reading;
    expect(triggers).toEqual([
      { kind: 'trigger', time: 1.2 },
      { kind: 'trigger', time: 1.3, line: 2, isOn: false },
    ]);
    expect(source.status?.()).toMatchObject({
      state: 'ended',
      counts: { spikes: 3, garbage: 4, unmapped: 1, late: 0 },
    });
    await source.close?.();
  });

  test('a file that is not there yet, grows, cuts lines anywhere, and is left at a stop', async () => {
    const path = join(scratch, 'growing.jsonl');
    const source = await openLiveLines({ ...common, path });
    const spikes = spikesOf(source);
    await wait(50);
    writeFileSync(path, '{"time": 1, "un');
    await wait(50);
    appendFileSync(path, 'it": 7}\n{"time": 2, "unit": 9}\n');
    for (let n = 0; source.status?.().counts.spikes !== 2 && n < 500; n++) await wait(10);
    source.stop?.();
    expect(await spikes).toEqual([
      [1, 0],
      [2, 1],
    ]);
    await source.close?.();
  });

  test('a file that becomes shorter is an error', async () => {
    const path = join(scratch, 'cut.jsonl');
    writeFileSync(path, '{"time": 1, "unit": 7}\n{"time": 2, "unit": 7}\n');
    const source = await openLiveLines({ ...common, path });
    const spikes = spikesOf(source);
    spikes.catch(() => undefined);
    for (let n = 0; source.status?.().counts.spikes !== 2 && n < 500; n++) await wait(10);
    truncateSync(path, 5);
    await expect(spikes).rejects.toMatchObject({ code: 'LIVE_FILE_CUT' });
    await source.close?.();
  });

  test('without units or patterns nobody knows what to listen to', async () => {
    const opening = openLiveLines({ path: join(scratch, 'x') });
    await expect(opening).rejects.toMatchObject({ code: 'LIVE_UNITS_UNKNOWN' });
  });
});

describe('Arrow', () => {
  const batch = (times: number[], ids: number[]) =>
    new Table({
      time: makeVector({ type: new Float64(), data: Float64Array.from(times) }),
      unit_id: makeVector({ type: new Int32(), data: Int32Array.from(ids) }),
    });

  test('batches as they come', async () => {
    const path = join(scratch, 'spikes.arrows');
    const writer = RecordBatchStreamWriter.writeAll(batch([1, 1.05, 2], [7, 9, 7]));
    const bytes = await writer.toUint8Array();
    const source = await openLiveLines({ ...common, path, format: 'arrow' });
    const spikes = spikesOf(source);
    writeFileSync(path, bytes.subarray(0, 100));
    await wait(50);
    appendFileSync(path, bytes.subarray(100));
    expect(await spikes).toEqual([
      [1, 0],
      [1.05, 1],
      [2, 0],
    ]);
    await source.close?.();
  });

  test('what is no Arrow stream is an error', async () => {
    const path = join(scratch, 'noise.arrows');
    writeFileSync(path, Buffer.alloc(2000, 7));
    const source = await openLiveLines({ ...common, path, format: 'arrow', follow: false });
    await expect(spikesOf(source)).rejects.toMatchObject({ exitCode: 3 });
    await source.close?.();
    if (process.platform !== 'linux') return;
    // The file is not left open for whoever collects what nobody uses.
    const isOpen = () => readdirSync('/proc/self/fd').some((fd) => linkOf(fd) === path);
    await expect.poll(isOpen, { timeout: 60_000 }).toBe(false);
  });

  test('damage behind batches, or a stream cut short: the batches, and what is behind is told', async () => {
    const bytes = RecordBatchStreamWriter.writeAll(batch([1, 2], [7, 9])).toUint8Array(true);
    const path = join(scratch, 'damaged.arrows');
    const end = bytes.length - 8;
    writeFileSync(path, bytes.subarray(0, end));
    appendFileSync(path, Buffer.alloc(100, 7));
    const source = await openLiveLines({ ...common, path, format: 'arrow', follow: false });
    expect(await spikesOf(source)).toEqual([
      [1, 0],
      [2, 1],
    ]);
    expect(source.status?.().counts).toMatchObject({ spikes: 2, garbage: 1 });
    await source.close?.();
  });

  test('a batch without the columns is one piece of garbage, however many rows it has', async () => {
    const table = new Table({ times: makeVector(Float64Array.of(1, 2, 3)) });
    const path = join(scratch, 'other.arrows');
    writeFileSync(path, RecordBatchStreamWriter.writeAll(table).toUint8Array(true));
    const source = await openLiveLines({ ...common, path, format: 'arrow', follow: false });
    expect(await spikesOf(source)).toEqual([]);
    expect(source.status?.().counts).toMatchObject({ spikes: 0, garbage: 1 });
    await source.close?.();
  });
});
