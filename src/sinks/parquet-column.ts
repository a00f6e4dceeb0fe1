import { SinkError, show } from '../errors.ts';

export type ColumnType = 'float64' | 'float32' | 'int32' | 'boolean' | 'utf8';

/** One column of a file: snake_case name, type, and whether cells may be null. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  readonly isNullable?: boolean;
}

export type Cell = number | boolean | string | null;

/** Values of one column for some rows. Only plain arrays can hold nulls. */
export type ColumnData = Float64Array | Float32Array | Int32Array | readonly Cell[];

/** The rows of one column that wait for their row group to be full. */
export interface ColumnBuffer {
  readonly spec: ColumnSpec;
  /** Numbers, or booleans as 0 and 1; empty for utf8. */
  readonly numbers: Float64Array | Float32Array | Int32Array | Uint8Array;
  /** Empty for other types than utf8. */
  readonly texts: string[];
  /** 1 where a row is null; what stands in `numbers` or `texts` there has no meaning. */
  readonly isNull: Uint8Array | undefined;
}

/** @param Memory where the numbers are: a `SharedArrayBuffer` where another thread is to read them */
export function createColumnBuffer(
  spec: ColumnSpec,
  capacity: number,
  Memory: ArrayBufferConstructor | SharedArrayBufferConstructor = ArrayBuffer,
): ColumnBuffer {
  return {
    spec,
    numbers: numbersOf(spec.type, new Memory(bytesOf[spec.type] * capacity)),
    texts: [],
    isNull: spec.isNullable ? new Uint8Array(capacity) : undefined,
  };
}

/** Bytes that a value takes in a buffer; texts are held elsewhere. */
export const bytesOf: Readonly<Record<ColumnType, number>> = {
  float64: 8,
  float32: 4,
  int32: 4,
  boolean: 1,
  utf8: 0,
};

function numbersOf(type: ColumnType, memory: ArrayBufferLike): ColumnBuffer['numbers'] {
  if (type === 'float64') return new Float64Array(memory);
  if (type === 'float32') return new Float32Array(memory);
  return type === 'int32' ? new Int32Array(memory) : new Uint8Array(memory);
}

/**
 * Copies `count` rows of `data`, the first of them `from`, to row `at` of the buffer. float64 goes into a float32 column
 * rounded to the nearest; nothing else is converted.
 * @throws SinkError when a value is not of the column's type, or null in a column without nulls
 */
export function copyRows(
  buffer: ColumnBuffer,
  at: number,
  data: ColumnData,
  from: number,
  count: number,
): void {
  const { spec, numbers, isNull } = buffer;
  if (ArrayBuffer.isView(data)) {
    const isInteger = data instanceof Int32Array;
    const fits = spec.type === 'int32' ? isInteger : spec.type.startsWith('float') && !isInteger;
    if (!fits) throw refused(spec, data.constructor.name);
    const isAll = from === 0 && count === data.length;
    numbers.set(isAll ? data : data.subarray(from, from + count), at);
    isNull?.fill(0, at, at + count);
    return;
  }
  for (let i = 0; i < count; i++) {
    const cell = data[from + i] as Cell;
    const row = at + i;
    if (isNull) isNull[row] = cell === null ? 1 : 0;
    if (cell === null && isNull) buffer.texts[row] = '';
    else if (typeof cell === 'string' && spec.type === 'utf8') buffer.texts[row] = cell;
    else if (typeof cell === 'boolean' && spec.type === 'boolean') numbers[row] = cell ? 1 : 0;
    else if (typeof cell === 'number' && isNumberFor(spec.type, cell)) numbers[row] = cell;
    else throw refused(spec, show(cell));
  }
}

function isNumberFor(type: ColumnType, value: number): boolean {
  return type === 'int32' ? (value | 0) === value : type === 'float64' || type === 'float32';
}

function refused({ name, type, isNullable }: ColumnSpec, found: string): SinkError {
  return new SinkError({
    code: 'BAD_CELL',
    where: `column "${name}"`,
    found,
    expected: isNullable ? `${type} or null` : type,
  });
}

/** Smallest and largest value as Parquet writes them, and the number of nulls. */
export interface ColumnStatistics {
  readonly nullCount: number;
  readonly min: Uint8Array | null;
  readonly max: Uint8Array | null;
}

/**
 * Statistics of the first `nRows` rows. NaN is left out, and where nothing else is there the extremes are null; a zero
 * minimum is written as -0 and a zero maximum as +0, as the format asks. Texts have no extremes.
 */
export function columnStatistics(buffer: ColumnBuffer, nRows: number): ColumnStatistics {
  const { spec, numbers, isNull } = buffer;
  let nullCount = 0;
  if (isNull) for (let row = 0; row < nRows; row++) nullCount += isNull[row] as number;
  if (spec.type === 'utf8') return { nullCount, min: null, max: null };
  const [min, max] = extremes(buffer, nRows);
  if (min > max) return { nullCount, min: null, max: null };
  const one = (value: number) => {
    const bytes = numbers.slice(0, 1);
    bytes[0] = value;
    return new Uint8Array(bytes.buffer);
  };
  return { nullCount, min: one(min === 0 ? -0 : min), max: one(max === 0 ? 0 : max) };
}

/** Rows looked at in one call: V8 compiles what is called often sooner and better than what loops for long. */
const rowsAtOnce = 2048;

/** Smallest and largest value; positive and negative infinity where there is none but NaN. */
function extremes({ numbers, isNull }: ColumnBuffer, nRows: number): Float64Array {
  const found = Float64Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
  for (let from = 0; from < nRows; from += rowsAtOnce) {
    const to = Math.min(nRows, from + rowsAtOnce);
    if (isNull) widenByPresent(found, numbers, isNull, from, to);
    else if (numbers instanceof Float64Array) widenByDoubles(found, numbers, from, to);
    else widen(found, numbers, from, to);
  }
  return found;
}

// The same loop for doubles alone: one that has met other arrays too is slower with each.
function widenByDoubles(found: Float64Array, numbers: Float64Array, from: number, to: number) {
  let min = found[0];
  let max = found[1];
  for (let row = from; row < to; row++) {
    const value = numbers[row];
    // NaN is neither.
    if (value < min) min = value;
    if (value > max) max = value;
  }
  found[0] = min;
  found[1] = max;
}

function widen(found: Float64Array, numbers: ColumnBuffer['numbers'], from: number, to: number) {
  for (let row = from; row < to; row++) {
    const value = numbers[row];
    if (value < found[0]) found[0] = value;
    if (value > found[1]) found[1] = value;
  }
}

function widenByPresent(
  found: Float64Array,
  numbers: ColumnBuffer['numbers'],
  isNull: Uint8Array,
  from: number,
  to: number,
) {
  for (let row = from; row < to; row++) {
    if (isNull[row] === 1) continue;
    const value = numbers[row];
    if (value < found[0]) found[0] = value;
    if (value > found[1]) found[1] = value;
  }
}
