import { type RecordBatch, RecordBatchReader, RecordBatchStreamWriter } from 'apache-arrow';
import { expect, test } from 'vitest';
import type { ActivationChunk } from '../../src/model/chunk.ts';
import {
  type ActivationBatch,
  columnArrays,
  fromRecordBatch,
  toRecordBatch,
} from '../../src/model/record-batch.ts';

function chunkOf(nBins: number, nAssemblies: number): ActivationChunk {
  // Views into the middle of larger buffers, as operators may hand them over.
  const view = (offset: number) => new Float64Array(nBins + 3).fill(offset).subarray(2, nBins + 2);
  return {
    kind: 'activation',
    start: 1000.1,
    end: 1000.1 + nBins * 0.01,
    origin: -0,
    step: 0.010000000000000002,
    binSize: 0.01,
    firstBin: 7,
    nBins,
    times: view(0.5),
    columns: Array.from({ length: nAssemblies }, (_, k) => view(k)),
  };
}

test('a batch shares its buffers with the chunk', () => {
  const chunk = chunkOf(5, 3);
  const batch = toRecordBatch(chunk);
  expect(batch.schema.fields.map(({ name, nullable }) => [name, nullable])).toEqual([
    ['time', false],
    ['assembly_1', false],
    ['assembly_2', false],
    ['assembly_3', false],
  ]);
  expect(batch.numRows).toBe(5);
  const arrays = columnArrays(batch);
  [chunk.times, ...chunk.columns].forEach((column, index) => {
    expect(arrays[index]?.buffer).toBe(column.buffer);
    expect(arrays[index]?.byteOffset).toBe(column.byteOffset);
    expect(arrays[index]?.length).toBe(5);
  });
});

test.each([
  [5, 3],
  [0, 2],
  [4, 0],
  [0, 0],
])('%i bins of %i assemblies come back without copying', (nBins, nAssemblies) => {
  const chunk = chunkOf(nBins, nAssemblies);
  const back = fromRecordBatch(toRecordBatch(chunk));
  expect(back).toEqual(chunk);
  expect(Object.is(back.origin, -0)).toBe(true);
  expect(back.times.buffer).toBe(chunk.times.buffer);
  back.columns.forEach((column, k) => {
    expect(column.buffer).toBe(chunk.columns[k]?.buffer);
  });
});

test('a chunk survives an Arrow stream', async () => {
  const chunk = chunkOf(6, 2);
  const writer = new RecordBatchStreamWriter();
  writer.write(toRecordBatch(chunk));
  writer.finish();
  const batches: RecordBatch[] = [];
  for await (const batch of await RecordBatchReader.from(await writer.toUint8Array())) {
    batches.push(batch);
  }
  expect(batches.map((batch) => fromRecordBatch(batch as ActivationBatch))).toEqual([chunk]);
});
