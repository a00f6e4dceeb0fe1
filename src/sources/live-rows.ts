/** A row that another program has sent. */
export interface LiveRow {
  readonly time: number;
  /** Undefined where it tells the time alone, or an event. */
  readonly unit: number | undefined;
  readonly electrode: string;
  readonly event: { readonly line?: number; readonly isOn?: boolean } | undefined;
}

/** Longer lines are damage. */
const maxLine = 1 << 16;

/** What the bytes hold, piece by piece as it comes; undefined stands for what cannot be understood. */
export type ReadRows = (
  pieces: AsyncIterable<Uint8Array>,
) => AsyncGenerator<(LiveRow | undefined)[]>;

/**
 * Rows from lines of JSON: `{"time": 1.25, "unit": 7}` for a spike, `{"time": 1.3}` for the clock alone, and
 * `{"time": 1.4, "event": true}` or `{"time": 1.4, "line": 1, "state": true}` for an event.
 */
export const readJsonRows: ReadRows = async function* (pieces) {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    const rows = lines.filter((line) => line.trim() !== '').map(readLine);
    if (rest.length > maxLine) {
      rest = '';
      rows.push(undefined);
    }
    if (rows.length > 0) yield rows;
  }
  if (rest.trim() !== '') yield [readLine(rest)];
};

function readLine(line: string): LiveRow | undefined {
  if (line.length > maxLine) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { time, unit, electrode, event, line: ttl, state } = value as Record<string, unknown>;
  if (typeof time !== 'number' || !isTime(time)) return undefined;
  if (unit !== undefined && !(typeof unit === 'number' && isInt32(unit))) return undefined;
  const isName = typeof electrode === 'string' || typeof electrode === 'number';
  const hasLine = typeof ttl === 'number' && isInt32(ttl) && ttl >= 1;
  const isEvent = hasLine || event === true;
  return {
    time,
    unit,
    electrode: isName ? String(electrode) : '',
    event: isEvent
      ? hasLine
        ? { line: ttl, isOn: state !== false && state !== 0 }
        : {}
      : undefined,
  };
}

function isInt32(value: number): boolean {
  return (value | 0) === value;
}

/** Far beyond any recording, and exact to a fraction of a sample. */
function isTime(time: number): boolean {
  return Number.isFinite(time) && Math.abs(time) <= 1e8;
}

/** Rows from an Arrow IPC stream with the columns `time` (float64) and `unit_id` (int32). */
export const readArrowRows: ReadRows = async function* (pieces) {
  const { createIpcDecoder } = await import('../model/ipc-decoder.ts');
  const decoder = createIpcDecoder();
  for await (const piece of pieces) {
    for (const batch of decoder.push(piece)) {
      const times: unknown = batch.getChild('time')?.toArray();
      const units: unknown = batch.getChild('unit_id')?.toArray();
      const isSound =
        times instanceof Float64Array &&
        units instanceof Int32Array &&
        times.length === batch.numRows &&
        units.length === batch.numRows;
      // How many rows a damaged batch would have is not to be believed.
      if (!isSound) yield [undefined];
      else {
        yield Array.from(times, (time, i) =>
          isTime(time) ? { time, unit: units[i], electrode: '', event: undefined } : undefined,
        );
      }
    }
    if (decoder.isOver()) return;
  }
  // The end of a stream that was cut short, or that is damaged there.
  if (decoder.nWaiting() > 0) yield [undefined];
};
