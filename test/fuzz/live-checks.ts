import type { LiveStatus, OpenSource } from '../../src/define.ts';
import { Fault } from './outcome.ts';

/** Reads a live source to its end, and checks what any of them promises. @returns what its case is counted as */
export async function checkLive(source: OpenSource): Promise<string> {
  const reading = readTriggers(source);
  const given = await readSpikes(source);
  await reading;
  const status = source.status?.();
  if (!status) throw new Fault('a live source without a status');
  checkCounts(status, given);
  return given.nSpikes > 0 ? 'spikes' : 'no spikes';
}

interface Given {
  nSpikes: number;
  nLate: number;
}

async function readSpikes(source: OpenSource): Promise<Given> {
  const given = { nSpikes: 0, nLate: 0 };
  for await (const chunk of source.streams.spikes()) {
    if (chunk.kind !== 'spikes') throw new Fault(`a chunk of ${chunk.kind}`);
    const { start, end, times, units, nUnits, late } = chunk;
    expect(start < end, `a chunk from ${start} to ${end}`);
    expect(times.length === units.length, 'ragged spikes');
    expect(
      times.every((time, i) => time >= start && time < end && !(time < times[i - 1])),
      'spikes out of order or place',
    );
    const all = [...units, ...(late?.units ?? [])];
    expect(
      all.every((unit) => unit >= 0 && unit < nUnits),
      'a unit that does not exist',
    );
    given.nSpikes += times.length;
    given.nLate += late?.times.length ?? 0;
  }
  return given;
}

async function readTriggers(source: OpenSource): Promise<void> {
  for await (const trigger of source.streams.triggers()) {
    if (trigger.kind !== 'trigger') throw new Fault(`a trigger of ${trigger.kind}`);
    const { time, line } = trigger;
    expect(Number.isFinite(time), `a trigger at ${time}`);
    const isLine = line === undefined || (Number.isInteger(line) && line >= 1 && line < 2 ** 31);
    expect(isLine, `a trigger of line ${line}`);
  }
}

/** No spike comes from nowhere, and none goes uncounted; strays may be spikes or not. */
function checkCounts({ counts, queued }: LiveStatus, { nSpikes, nLate }: Given): void {
  const values = Object.values(counts);
  expect(
    values.every((n) => Number.isSafeInteger(n) && n >= 0),
    `counts ${JSON.stringify(counts)}`,
  );
  const { spikes, late, early, duplicates, dropped, strays } = counts;
  expect(queued === 0, `${queued} spikes that nobody was given`);
  expect(nLate <= late, `${nLate} late spikes of ${late}`);
  const known = nSpikes + late + early + duplicates + dropped;
  const isWhole = known <= spikes + duplicates + early && known >= spikes - strays - duplicates;
  expect(isWhole, `${nSpikes} spikes given of ${JSON.stringify(counts)}`);
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Fault(otherwise);
}
