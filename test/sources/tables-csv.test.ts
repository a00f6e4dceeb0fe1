import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvCursor } from '../../src/sources/tables/csv-cursor.ts';
import { DecimalReader, parseDecimal } from '../../src/sources/tables/decimal.ts';
import { OpenTable } from '../../src/sources/tables/table-file.ts';
import { collectChunks, spikesOf, tableFolders } from '../support/table-folder.ts';

const { open, save } = tableFolders();

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 24 });
const sign = fc.constantFrom('', '-', '+');
const exponent = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc
    .tuple(fc.constantFrom('e', 'E'), sign, fc.integer({ min: 0, max: 330 }))
    .map((parts) => parts.join('')),
);
const decimal = fc
  .tuple(sign, digits, fc.constantFrom('', '.'), digits, exponent)
  .map((parts) => parts.join(''));
const anyNumber = fc.oneof(
  decimal,
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer({ min: 0, max: 2e9 }).map((i) => String(i / 20_000)),
  fc.double({ min: 0, max: 1e5, noNaN: true }).map((x) => x.toFixed(6)),
);
const garbage = fc.string({ unit: fc.constantFrom(...'0123456789.+-eEx, '), maxLength: 8 });

function read(text: string) {
  const reader = new DecimalReader();
  const bytes = Buffer.from(`${text}\n`);
  return { value: reader.read(bytes, 0, bytes.length), at: reader.at };
}

describe('decimal numbers', () => {
  test('have the value that Number has, to the last bit', () => {
    fc.assert(
      fc.property(anyNumber, (text) => {
        const value = parseDecimal(text);
        if (Number.isNaN(value)) return;
        expect(value).toBe(Number(text));
        expect(read(text)).toEqual({ value, at: text.length });
      }),
      { numRuns: 20_000 },
    );
  });

  test.each([
    '0',
    '-0',
    '1.',
    '.5',
    '9007199254740993',
    '9007199254740992.5',
    '123456789012345678',
    '0.1e-5',
    '1e22',
    '1e23',
    '4.35',
    '0.000001',
    '1.7976931348623157e308',
    '5e-324',
    '00012.50',
    '1e999',
  ])('%s', (text) => expect(read(text)).toEqual({ value: Number(text), at: text.length }));

  test('are nothing else', () => {
    for (const text of [
      '',
      '.',
      '-',
      '+',
      'e5',
      '1e',
      '0x10',
      'NaN',
      'Infinity',
      '1,5',
      '1_000',
      '--1',
      '1.2.3',
    ]) {
      expect(parseDecimal(text)).toBeNaN();
      const { value, at } = read(text);
      expect(Number.isNaN(value) || at < text.length).toBe(true);
    }
    fc.assert(
      fc.property(garbage, (text) => {
        const { value, at } = read(text);
        if (!Number.isNaN(value)) expect(value).toBe(Number(text.slice(0, at)));
        if (at === text.length && text !== '') expect(value).toBe(parseDecimal(text));
      }),
      { numRuns: 5000 },
    );
  });
});

test('spikes written as any number are read as Number has them', async () => {
  const finite = anyNumber.filter(
    (text) => Number.isFinite(parseDecimal(text)) && Math.abs(Number(text)) < 1e7,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(finite, { minLength: 1, maxLength: 50 }), async (texts) => {
      const { streams } = await open({
        'spikes.csv': `time,unit_id\n${texts.map((t) => `${t},3\n`).join('')}`,
      });
      const times = spikesOf(await collectChunks(streams.spikes())).map(([time]) => time);
      expect(times).toEqual(texts.map((text) => Number(text) + 0).sort((a, b) => a - b));
    }),
    { numRuns: 30 },
  );
});

/** All records of a file and the lines they begin on. */
async function records(text: string): Promise<[number, string[]][]> {
  const name = 'spikes.csv';
  const table = await OpenTable.first({
    path: join(save({ [name]: text }), name),
    name,
    format: 'csv',
  });
  try {
    const cursor = new CsvCursor(table);
    const found: [number, string[]][] = [];
    for (;;) {
      const fields = cursor.next();
      if (fields) found.push([cursor.recordLine, fields]);
      else if (!(await cursor.fill())) return found;
    }
  } finally {
    await table.close();
  }
}

describe('records', () => {
  test('of any texts come back as they were quoted', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r', ' ', '\t', ';'),
      maxLength: 6,
    });
    const rows = fc.array(fc.array(text, { minLength: 2, maxLength: 4 }), {
      minLength: 1,
      maxLength: 8,
    });
    const ends = fc.constantFrom('\n', '\r\n');
    await fc.assert(
      fc.asyncProperty(rows, ends, fc.boolean(), async (written, end, isLastOpen) => {
        const lines = written.map((row) =>
          row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','),
        );
        const content = lines.join(end) + (isLastOpen ? '' : end);
        expect((await records(content)).map(([, fields]) => fields)).toEqual(written);
      }),
      { numRuns: 100 },
    );
  });

  test('lines are counted through quotes and empty lines', async () => {
    expect(await records('a,b\n\n"x\ny\n",1\r\n  \n2 , "3"" "')).toEqual([
      [1, ['a', 'b']],
      [3, ['x\ny\n', '1']],
      [7, ['2', '3" ']],
    ]);
  });

  test('across the edges of what is read at once', async () => {
    const long = 'x'.repeat(300_000);
    const lines = Array.from({ length: 12 }, (_, i) => `${i},"${long}\n${i}"`);
    const found = await records(`${lines.join('\n')}\n`);
    expect(
      found.map(([line, [first, second]]) => [line, first, second === `${long}\n${first}`]),
    ).toEqual(lines.map((_, i) => [1 + 2 * i, `${i}`, true]));
  });
});

test('spikes across the edges of blocks keep their lines', async () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => `${i % 3},${i / 100}`);
  const opening = open({ 'spikes.csv': `unit_id,time\n${rows.join('\n')}\n1,oops\n` });
  await expect(opening).rejects.toThrow('line 200002, column time');
  const { streams, values } = await open({ 'spikes.csv': `unit_id,time\n${rows.join('\r\n')}\n` });
  expect(values.units.kept.map(({ nSpikes }) => nSpikes)).toEqual([66_667, 66_667, 66_666]);
  const spikes = spikesOf(await collectChunks(streams.spikes()));
  expect(spikes.every(([time, unit], i) => time === i / 100 && unit === i % 3)).toBe(true);
});
