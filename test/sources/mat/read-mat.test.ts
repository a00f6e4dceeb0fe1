import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import { type MatOptions, readMat } from '../../../src/sources/mat/read-mat.ts';
import type { MatValue } from '../../../src/sources/mat/values.ts';
import {
  cell,
  char,
  element,
  type MatFileOptions,
  type MatNode,
  matFile,
  type NumberType,
  numeric,
  raw,
  scalar,
  struct,
  type TextEncoding,
  tag,
} from '../../support/mat-writer.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mat-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let nFiles = 0;
function save(bytes: Uint8Array): string {
  const path = join(folder, `${nFiles++}.mat`);
  writeFileSync(path, bytes);
  return path;
}

const layouts: readonly MatFileOptions[] = [
  { isCompressed: false },
  { isCompressed: true },
  { isCompressed: false, isBigEndian: true },
  { isCompressed: true, isBigEndian: true },
];

async function read(
  node: MatNode,
  layout: MatFileOptions = {},
  options: Partial<MatOptions> = {},
): Promise<MatValue> {
  const path = save(matFile({ x: node }, layout));
  return (await readMat(path, { variable: 'x', ...options })).value;
}

async function readBytes(bytes: Uint8Array, options: Partial<MatOptions> = {}): Promise<MatValue> {
  return (await readMat(save(bytes), { variable: 'x', ...options })).value;
}

function numbersIn(value: MatValue): number[] {
  return value.kind === 'numeric' ? [...value.data] : [];
}

describe.each(layouts)('stored with %o', (layout) => {
  const types: readonly [NumberType, readonly number[]][] = [
    ['double', [0.1, -1e300, Number.NaN, Number.POSITIVE_INFINITY]],
    ['single', [0.5, -2, 2 ** 127]],
    ['int8', [-128, 127]],
    ['uint8', [0, 255, 3]],
    ['int16', [-32768, 32767]],
    ['uint16', [65535, 1]],
    ['int32', [-(2 ** 31), 2 ** 31 - 1]],
    ['uint32', [2 ** 32 - 1, 0, 7]],
    ['int64', [-(2 ** 53) + 1, 2 ** 53 - 1]],
    ['uint64', [2 ** 53 - 1, 0]],
  ];

  test.each(types)('numbers of class %s', async (matClass, values) => {
    expect(numbersIn(await read(numeric(values, { matClass }), layout))).toEqual(values);
    expect(numbersIn(await read(numeric(values.slice(0, 1), { matClass }), layout))).toEqual(
      values.slice(0, 1),
    );
  });

  test.each(['uint8', 'int16', 'uint16', 'int32'] as const)(
    'whole doubles stored as %s, packed or not',
    async (storedAs) => {
      for (const values of [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4, 5], [0, 127]]) {
        const value = await read(numeric(values, { storedAs }), layout);
        expect(numbersIn(value)).toEqual(values);
      }
    },
  );

  test.each(['latin1', 'uint16', 'utf8', 'utf16', 'utf32'] as const)(
    'text in %s',
    async (encoding: TextEncoding) => {
      const texts = ['', 'a', 'CA1', 'Pyramidal Cell', 'h\u00e9llo'];
      if (encoding !== 'latin1') texts.push('\u03b8 state');
      if (encoding !== 'latin1') texts.push('\u{1f9e0}!');
      for (const text of texts) {
        const value = await read(char(text, encoding), layout);
        expect(value.kind === 'char' && value.rows).toEqual([text]);
      }
      const rows = ['CA1 ', 'PFC\u00e9', 'abcd'];
      const value = await read(char(rows, encoding), layout);
      expect(value.kind === 'char' && value.rows).toEqual(rows);
    },
  );

  test('structs, struct arrays, cells in cells, logicals, complex numbers', async () => {
    const node = struct({
      sessions: struct([
        { name: char('a'), start: scalar(1, 'uint8') },
        { name: char('b'), start: scalar(2.5) },
      ]),
      nested: cell([cell([scalar(7), char('deep')]), cell([], [0, 0])]),
      isGood: numeric([1, 0, 1], { matClass: 'uint8', isLogical: true }),
      spectrum: numeric([1, 2], { imaginary: [3, -4] }),
      nothing: () => tag(14, 0, layout.isBigEndian ?? false),
    });
    expect(await read(node, layout)).toMatchObject({
      kind: 'struct',
      fields: new Map([
        [
          'sessions',
          [
            {
              kind: 'struct',
              dims: [1, 2],
              fields: new Map([
                ['name', [{ rows: ['a'] }, { rows: ['b'] }]],
                ['start', [{ data: Float64Array.of(1) }, { data: Float64Array.of(2.5) }]],
              ]),
            },
          ],
        ],
        [
          'nested',
          [
            {
              items: [
                { items: [{ data: Float64Array.of(7) }, { rows: ['deep'] }] },
                { items: [], dims: [0, 0] },
              ],
            },
          ],
        ],
        ['isGood', [{ isLogical: true, data: Float64Array.of(1, 0, 1) }]],
        ['spectrum', [{ data: Float64Array.of(1, 2), imaginary: Float64Array.of(3, -4) }]],
        ['nothing', [{ kind: 'numeric', dims: [0, 0] }]],
      ]),
    });
  });

  test('arrays of three dimensions keep their order', async () => {
    const values = Array.from({ length: 24 }, (_, i) => i);
    const value = await read(numeric(values, { dims: [2, 3, 4], storedAs: 'uint8' }), layout);
    expect(value).toMatchObject({ dims: [2, 3, 4], data: Float64Array.from(values) });
  });

  test('sparse matrices, function handles and objects are passed over', async () => {
    const node = struct({
      sparse: raw(5, [3, 3], (isBig) => [element(5, Buffer.alloc(12), isBig)]),
      handle: raw(16, [1, 1], (isBig) => [scalar(1)('', isBig)]),
      object: raw(3, [1, 1], (isBig) => [element(1, Buffer.from('inline'), isBig)]),
      after: scalar(5),
    });
    expect(await read(node, layout)).toMatchObject({
      fields: new Map([
        ['sparse', [{ kind: 'unsupported', className: 'sparse' }]],
        ['handle', [{ kind: 'unsupported', className: 'function handle' }]],
        ['object', [{ kind: 'unsupported', className: 'object' }]],
        ['after', [{ data: Float64Array.of(5) }]],
      ]),
    });
  });

  test('only the fields asked for are decoded', async () => {
    const broken = raw(6, [1000, 1000], (isBig) => [element(9, Buffer.alloc(16), isBig)]);
    const node = struct({
      broken,
      spikes: struct({ ids: broken, times: cell([numeric([1, 2]), numeric([3])]) }),
      UID: numeric([4, 5]),
    });
    const value = await read(node, layout, { fields: ['spikes.times', 'UID', 'absent.field'] });
    expect(value).toMatchObject({
      fields: new Map([
        ['spikes', [{ fields: new Map([['times', [{ kind: 'cell' }]]]) }]],
        ['UID', [{ data: Float64Array.of(4, 5) }]],
      ]),
    });
    await expect(read(node, layout)).rejects.toThrow(/x\.broken, byte \d+/);
  });

  test('a file cut short anywhere is an error', async () => {
    const noise = Array.from({ length: 4000 }, (_, i) => Math.sin(i));
    const bytes = matFile(
      { other: scalar(1), x: struct({ a: numeric(noise), b: char('end') }) },
      layout,
    );
    for (let length = 0; length < bytes.length; length += 97) {
      await expect(readBytes(bytes.subarray(0, length))).rejects.toBeInstanceOf(InputError);
    }
    await expect(readBytes(bytes.subarray(0, bytes.length - 1))).rejects.toBeInstanceOf(InputError);
  });

  test('a file with changed bytes is read or refused, never worse', async () => {
    const node = struct({ a: cell([numeric([1, 2, 3]), char('text'), scalar(4, 'uint8')]) });
    const bytes = matFile({ x: node }, layout);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (changes) => {
          const damaged = Buffer.from(bytes);
          for (const [at, value] of changes) damaged[at] = value;
          const path = join(folder, 'damaged.mat');
          writeFileSync(path, damaged);
          const outcome = await readMat(path, { variable: 'x' }).catch((error: unknown) => error);
          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(InputError);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('what a file must not do', () => {
  test('claim more numbers than it holds', async () => {
    for (const dims of [
      [2 ** 31 - 1, 2 ** 31 - 1],
      [2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1],
      [2 ** 30, 1],
    ]) {
      for (const node of [
        numeric([1], { dims }),
        cell([scalar(1)], dims),
        struct([{ a: scalar(1) }], dims),
      ]) {
        const reading = read(node, { isCompressed: true });
        await expect(reading).rejects.toThrow(/as its dimensions say|fits in/);
      }
    }
    const text = raw(4, [2 ** 31 - 1, 0], (isBig) => [element(16, Buffer.alloc(0), isBig)]);
    await expect(read(text)).rejects.toBeInstanceOf(InputError);
    expect(await read(struct([], [2 ** 31 - 1, 2 ** 31 - 1]))).toMatchObject({ fields: new Map() });
  });

  test('claim a size that its compressed bytes cannot have', async () => {
    const bytes = matFile({ x: numeric([1, 2]) }, { isCompressed: false });
    bytes.writeUInt32LE(0xfffffff8, 132);
    await expect(readBytes(bytes)).rejects.toThrow('more bytes');
    const { deflateSync } = await import('node:zlib');
    const deflated = deflateSync(bytes.subarray(128));
    const file = Buffer.concat([bytes.subarray(0, 128), tag(15, deflated.length, false), deflated]);
    await expect(readBytes(file)).rejects.toThrow('left in the element around it');
  });

  test('nest deeper than 32', async () => {
    const nested = (depth: number) => {
      let bytes = scalar(1)('', false);
      for (let i = 1; i < depth; i++) {
        const inner = bytes;
        bytes = cell([() => inner])('', false);
      }
      return cell([() => bytes]);
    };
    expect(await read(nested(31))).toMatchObject({ kind: 'cell' });
    await expect(read(nested(32))).rejects.toThrow('nesting deeper than 32');
    await expect(read(nested(500))).rejects.toThrow('nesting deeper than 32');
  });

  test('inflate without end', async () => {
    const zeros = numeric(new Float64Array(1_000_000));
    const options = { maxBytes: 1_000_000 };
    await expect(read(zeros, {}, options)).rejects.toMatchObject({ code: 'MAT_TOO_LARGE' });
    const node = struct({ zeros, UID: scalar(1) });
    const fields = ['UID'];
    const reading = read(node, {}, { fields, ...options });
    await expect(reading).rejects.toMatchObject({ code: 'MAT_TOO_LARGE' });
    expect(await read(node, {}, { fields })).toMatchObject({ kind: 'struct' });
  });

  test('name fields after what objects inherit', async () => {
    const node = struct({ ['__proto__']: scalar(1), constructor: scalar(2) });
    const value = await read(node);
    expect(value.kind === 'struct' && [...value.fields.keys()]).toEqual([
      '__proto__',
      'constructor',
    ]);
    expect(value.kind === 'struct' && Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test('hold a 64-bit integer that a double cannot', async () => {
    const node = struct({ id: numeric([2n ** 53n + 1n], { matClass: 'int64' }) });
    await expect(read(node)).rejects.toThrow(/x\.id, byte \d+.*9007199254740993/);
  });
});

describe('which file and variable', () => {
  test('the digest is that of the whole file', async () => {
    const variables = { a: scalar(1), x: numeric(new Float64Array(300_000)), z: char('last') };
    const bytes = matFile(variables, { isCompressed: false });
    const file = await readMat(save(bytes), { variable: 'x' });
    expect(file.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(file.bytes).toBe(bytes.length);
    expect(numbersIn(file.value)).toHaveLength(300_000);
  });

  test('a missing variable is answered with those there are', async () => {
    const path = save(matFile({ cell_metrics: scalar(1), b: scalar(2) }));
    await expect(readMat(path, { variable: 'cellmetrics' })).rejects.toMatchObject({
      code: 'VARIABLE_MISSING',
      hint: expect.stringContaining('did you mean "cell_metrics"'),
    });
  });

  test.each([
    ['v7.3', 'MATLAB 7.3 MAT-file, Platform: GLNXA64', '\x00\x02IM', 'v7.3'],
    ['v4', '\x00\x00\x00\x00\x01\x00\x00\x00', '', 'v4'],
    ['none', 'time,unit\n0.1,4\n'.repeat(20), '', 'no MATLAB file header'],
  ])('%s is refused with a hint', async (_, start, end, found) => {
    const bytes = Buffer.alloc(512, ' ');
    bytes.write(start, 'latin1');
    if (end !== '') bytes.write(end, 124, 'latin1');
    await expect(readBytes(bytes)).rejects.toMatchObject({
      code: 'MAT_VERSION',
      found: expect.stringContaining(found),
      hint: expect.stringContaining('-v7'),
    });
  });

  test('a file that is not there, and a folder', async () => {
    const options = { variable: 'x' };
    for (const path of [join(folder, 'absent.mat'), folder]) {
      await expect(readMat(path, options)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    }
  });

  test('reading stops when it is told to', async () => {
    const signal = AbortSignal.abort();
    await expect(read(scalar(1), {}, { signal })).rejects.toThrow('abort');
  });
});

describe('files that CellExplorer wrote', () => {
  const real = fileURLToPath(
    new URL('../../../../shared/realdata/cellexplorer-cell-metrics/', import.meta.url),
  );
  const hasReal = existsSync(real);
  if (!hasReal) console.info(`skipped: no recordings in ${real}`);
  const fields = ['UID', 'brainRegion', 'spikes.times', 'tags', 'general.states.SleepState'];
  const open = (name: string) =>
    readMat(`${real}${name}.cell_metrics.cellinfo.mat`, { variable: 'cell_metrics', fields });

  test.skipIf(!hasReal).each([
    ['YMV08_170922', [69, 80, 84], 'VISp', [288_944, 19_849, 38_283]],
    ['20160225', [4, 11], 'HIP', [252_543, 89_152]],
  ])('%s', async (name, ids, region, nSpikes) => {
    const { value, sha256 } = await open(name);
    const field = (name: string) =>
      value.kind === 'struct' ? value.fields.get(name)?.[0] : undefined;
    expect(field('UID')).toMatchObject({ data: Float64Array.from(ids) });
    expect(field('brainRegion')).toMatchObject({ items: ids.map(() => ({ rows: [region] })) });
    const spikes = field('spikes');
    const times = spikes?.kind === 'struct' ? spikes.fields.get('times')?.[0] : undefined;
    const trains = times?.kind === 'cell' ? times.items.map(numbersIn) : [];
    expect(trains.map((train) => train.length)).toEqual(nSpikes);
    for (const train of trains) {
      expect(train.every((time, i) => i === 0 || time >= train[i - 1])).toBe(true);
    }
    const bytes = readFileSync(`${real}${name}.cell_metrics.cellinfo.mat`);
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  test.skipIf(!hasReal)('d561102, in the newer format, says what to do', async () => {
    await expect(open('d561102')).rejects.toMatchObject({
      found: 'a MATLAB v7.3 file (HDF5)',
      hint: expect.stringContaining('"-v7"'),
    });
  });
});
