import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { serializeThrift, type ThriftStruct, thrift } from '../../src/sinks/parquetjs.ts';

const require = createRequire(import.meta.url);
/** The package's own writer. */
const theirs: { serializeThrift(struct: ThriftStruct): Buffer } =
  require('parquetjs-lite/lib/util');

const size = fc.oneof(
  fc.constantFrom(0, 1, 63, 64, 8191, 8192, 2 ** 31, 2 ** 32 + 5, 2 ** 53 - 1),
  fc.maxSafeNat(),
);
const metadata = fc
  .record({
    type: fc.nat({ max: 7 }),
    encodings: fc.array(fc.nat({ max: 8 }), { maxLength: 20 }),
    path_in_schema: fc.array(fc.string({ unit: 'binary' }), { maxLength: 16 }),
    codec: fc.nat({ max: 6 }),
    num_values: size,
    total_uncompressed_size: size,
    total_compressed_size: size,
    data_page_offset: size,
    statistics: fc.record({
      null_count: size,
      min_value: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    }),
  })
  .map(({ statistics, ...fields }) => ({
    ...fields,
    statistics: new thrift.Statistics(statistics),
  }));

test('writes structures as the package does, byte for byte', () => {
  fc.assert(
    fc.property(fc.array(metadata, { maxLength: 20 }), size, (columns, nRows) => {
      const chunks = columns.map(
        (fields) =>
          new thrift.ColumnChunk({
            file_offset: nRows,
            meta_data: new thrift.ColumnMetaData(fields),
          }),
      );
      const group = new thrift.RowGroup({ columns: chunks, total_byte_size: 7, num_rows: nRows });
      const footer = new thrift.FileMetaData({
        version: 1,
        schema: [new thrift.SchemaElement({ name: 'ünï', num_children: -3 })],
        num_rows: nRows,
        row_groups: [group],
      });
      for (const struct of [group, footer]) {
        expect(serializeThrift(struct)).toEqual(theirs.serializeThrift(struct));
      }
    }),
  );
});

test('flags are in the header of their field, and far fields name their number', () => {
  const header = new thrift.PageHeader({
    type: 3,
    uncompressed_page_size: -1,
    compressed_page_size: 1e9,
    crc: -(2 ** 31),
    data_page_header_v2: new thrift.DataPageHeaderV2({
      num_values: 1,
      num_nulls: 0,
      num_rows: 1,
      encoding: 0,
      definition_levels_byte_length: 0,
      repetition_levels_byte_length: 0,
      is_compressed: false,
    }),
  });
  expect(serializeThrift(header)).toEqual(theirs.serializeThrift(header));
});

test('bytes that are encoded already stand as they are', () => {
  const sealed: ThriftStruct = { write: ({ trans }) => trans.write(Uint8Array.of(1, 2, 3)) };
  expect([...serializeThrift(sealed)]).toEqual([1, 2, 3]);
});
