import type { Steps } from './byte-window.ts';
import { type ElementReader, fault, mi, readBody, readTag, spend, uint32 } from './elements.ts';
import { readNumbers } from './numbers.ts';
import { readRows } from './text.ts';
import {
  emptyMatrix,
  type MatCell,
  type MatNumeric,
  type MatStruct,
  type MatValue,
  type Selection,
} from './values.ts';

const maxDepth = 32;
const maxFields = 1 << 16;

const classNames: ReadonlyMap<number, string> = new Map([
  [1, 'cell'],
  [2, 'struct'],
  [3, 'object'],
  [4, 'char'],
  [5, 'sparse'],
  [6, 'double'],
  [7, 'single'],
  [8, 'int8'],
  [9, 'uint8'],
  [10, 'int16'],
  [11, 'uint16'],
  [12, 'int32'],
  [13, 'uint32'],
  [14, 'int64'],
  [15, 'uint64'],
  [16, 'function handle'],
  [17, 'opaque object'],
]);

/** What stands before the data of a matrix. */
export interface MatrixHeader {
  readonly className: string;
  readonly isLogical: boolean;
  readonly isComplex: boolean;
  readonly dims: readonly number[];
  /** Product of the dimensions. */
  readonly count: number;
  /** The variable's name; empty within structs and cells. */
  readonly name: string;
}

/** The matrix that comes next, within an element that ends at `end`; `depth` counts the matrices around it. */
export function* readMatrix(
  reader: ElementReader,
  end: number,
  selection: Selection,
  depth: number,
): Steps<MatValue> {
  const tag = yield* readTag(reader, end);
  if (tag.type !== mi.matrix) {
    throw fault(reader, { found: `an element of type ${tag.type}`, expected: 'a matrix' });
  }
  if (tag.size === 0) return emptyMatrix;
  const matrixEnd = reader.window.position + tag.size;
  const header = yield* readMatrixHeader(reader, matrixEnd);
  return yield* readMatrixData(reader, header, matrixEnd, selection, depth);
}

export function* readMatrixHeader(reader: ElementReader, end: number): Steps<MatrixHeader> {
  const flags = yield* readInts(reader, end, 'array flags');
  const [word = 0] = flags;
  const className = classNames.get(word & 0xff);
  if (flags.length !== 2 || className === undefined) {
    throw fault(reader, { found: `array flags ${flags.join(', ')}`, expected: 'a known class' });
  }
  const isOpaque = className === 'opaque object';
  const dims = isOpaque ? [] : yield* readInts(reader, end, 'dimensions');
  if (!isOpaque && (dims.length < 2 || dims.length > 64 || dims.some((n) => n > 0x7fffffff))) {
    const expected = 'from 2 to 64, none of them negative';
    throw fault(reader, { found: `${dims.length} dimensions: ${dims.slice(0, 8)}`, expected });
  }
  const nameTag = yield* readTag(reader, end);
  const name = Buffer.from(yield* readBody(reader, nameTag, end)).toString('latin1');
  return {
    className,
    isLogical: (word & 0x200) !== 0,
    isComplex: (word & 0x800) !== 0,
    dims,
    // Not NaN, which a zero behind too large a product would give and which compares with nothing.
    count: dims.includes(0) ? 0 : dims.reduce((product, n) => product * n, 1),
    name,
  };
}

export function* readMatrixData(
  reader: ElementReader,
  header: MatrixHeader,
  end: number,
  selection: Selection,
  depth: number,
): Steps<MatValue> {
  if (depth >= maxDepth) {
    throw fault(reader, { found: `nesting deeper than ${maxDepth}`, expected: 'less of it' });
  }
  const { className, dims } = header;
  spend(reader, 'values', 1);
  let value: MatValue;
  if (className === 'cell') value = yield* readCell(reader, header, end, selection, depth);
  else if (className === 'struct') value = yield* readStruct(reader, header, end, selection, depth);
  else if (className === 'char') {
    value = { kind: 'char', dims, rows: yield* readRows(reader, dims, end) };
  } else if (className === 'double' || className === 'single' || /int/.test(className)) {
    value = yield* readNumeric(reader, header, end);
  } else value = { kind: 'unsupported', className };
  yield* reader.window.skip(end - reader.window.position);
  return value;
}

function* readNumeric(reader: ElementReader, header: MatrixHeader, end: number): Steps<MatNumeric> {
  const { dims, count, isLogical, isComplex } = header;
  const data = yield* readNumbers(reader, yield* readTag(reader, end), count, end);
  const imaginary = isComplex
    ? yield* readNumbers(reader, yield* readTag(reader, end), count, end)
    : undefined;
  return { kind: 'numeric', dims, data, imaginary, isLogical };
}

function* readCell(
  reader: ElementReader,
  { dims, count }: MatrixHeader,
  end: number,
  selection: Selection,
  depth: number,
): Steps<MatCell> {
  expectRoom(reader, count, end);
  const { path } = reader.window.trail;
  const items: MatValue[] = [];
  for (let i = 0; i < count; i++) {
    path.push(`{${i + 1}}`);
    items.push(yield* readMatrix(reader, end, selection, depth + 1));
    path.pop();
  }
  return { kind: 'cell', dims, items };
}

function* readStruct(
  reader: ElementReader,
  { dims, count }: MatrixHeader,
  end: number,
  selection: Selection,
  depth: number,
): Steps<MatStruct> {
  const names = yield* readFieldNames(reader, end);
  if (names.length > 0) expectRoom(reader, count * names.length, end);
  const { path } = reader.window.trail;
  const wanted = names.map((name) => ({
    name,
    selection: selection === 'all' ? selection : selection.get(name),
    values: [] as MatValue[],
  }));
  for (let i = 0; names.length > 0 && i < count; i++) {
    for (const { name, selection, values } of wanted) {
      path.push(count > 1 ? `(${i + 1}).${name}` : `.${name}`);
      if (selection === undefined) {
        const { size, packed } = yield* readTag(reader, end);
        if (packed === undefined) yield* reader.window.skip(size);
      } else values.push(yield* readMatrix(reader, end, selection, depth + 1));
      path.pop();
    }
  }
  const kept = wanted.filter(({ selection }) => selection !== undefined);
  return { kind: 'struct', dims, fields: new Map(kept.map(({ name, values }) => [name, values])) };
}

/** Field names, each in as many bytes as the length element says, filled up with zeros. */
function* readFieldNames(reader: ElementReader, end: number): Steps<string[]> {
  const [length = 0] = yield* readInts(reader, end, 'the length of field names');
  const tag = yield* readTag(reader, end);
  const nNames = tag.size / length;
  if (tag.size === 0) return [];
  if (!Number.isInteger(nNames) || nNames > maxFields) {
    const expected = `at most ${maxFields} names of ${length} bytes`;
    throw fault(reader, { found: `${tag.size} bytes of field names`, expected });
  }
  const bytes = Buffer.from(yield* readBody(reader, tag, end));
  const names = Array.from({ length: nNames }, (_, i) => {
    const name = bytes.subarray(i * length, (i + 1) * length);
    const zero = name.indexOf(0);
    return name.toString('latin1', 0, zero < 0 ? length : zero);
  });
  if (new Set(names).size < names.length) {
    throw fault(reader, { found: 'a field name given twice', expected: 'different names' });
  }
  return names;
}

/** A short list of 32-bit integers, read as unsigned. */
function* readInts(reader: ElementReader, end: number, what: string): Steps<number[]> {
  const tag = yield* readTag(reader, end);
  const isInts = tag.type === mi.int32 || tag.type === mi.uint32;
  if (!isInts || tag.size % 4 !== 0 || tag.size > 1024) {
    const found = `an element of type ${tag.type} with ${tag.size} bytes`;
    throw fault(reader, { found, expected: `${what} as 32-bit integers` });
  }
  const body = yield* readBody(reader, tag, end);
  return Array.from({ length: body.length / 4 }, (_, i) => uint32(body, i * 4, reader.isBigEndian));
}

/** Each of `count` elements takes at least eight bytes. */
function expectRoom(reader: ElementReader, count: number, end: number): void {
  const left = end - reader.window.position;
  if (count * 8 > left) {
    throw fault(reader, { found: `${count} elements`, expected: `what fits in ${left} bytes` });
  }
  spend(reader, 'values', count);
}
