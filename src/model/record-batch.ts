import { Field, Float64, makeData, RecordBatch, Schema, Struct } from 'apache-arrow';
import { activationColumns } from './activation-columns.ts';
import type { ActivationChunk } from './chunk.ts';

/** Activation as Arrow holds it: columns `time`, `assembly_1` to `assembly_K`, none of them nullable. */
export type ActivationBatch = RecordBatch<Record<string, Float64>>;

const placeKeys = ['start', 'end', 'origin', 'step', 'binSize', 'firstBin'] as const;

/**
 * The chunk as a record batch over the same buffers; nothing is copied. Where its bins lie on the recording's clock is
 * in the metadata of the batch.
 * @param metadata of the schema
 */
export function toRecordBatch(
  chunk: ActivationChunk,
  metadata: ReadonlyMap<string, string> = new Map(),
): ActivationBatch {
  const { times, columns, nBins } = chunk;
  const type = new Float64();
  const names = activationColumns(columns.length);
  const fields = names.map((name) => new Field(name, type, false));
  const schema = new Schema(fields, new Map(metadata));
  const children = [times, ...columns].map((data) =>
    makeData({ type, length: nBins, nullCount: 0, data }),
  );
  const data = makeData({
    type: new Struct<Record<string, Float64>>(schema.fields),
    length: nBins,
    nullCount: 0,
    children,
  });
  const place = new Map(placeKeys.map((key) => [key, numberText(chunk[key])]));
  return new RecordBatch(schema, data, place);
}

/** The chunk a batch was made from, over the batch's buffers; nothing is copied. */
export function fromRecordBatch(batch: ActivationBatch): ActivationChunk {
  const [times = new Float64Array(0), ...columns] = columnArrays(batch);
  const place = Object.fromEntries(
    placeKeys.map((key) => [key, Number(batch.metadata.get(key) ?? NaN)]),
  ) as Record<(typeof placeKeys)[number], number>;
  return { kind: 'activation', ...place, nBins: batch.numRows, times, columns };
}

/** The columns of a batch as typed arrays over its buffers. */
export function columnArrays(batch: ActivationBatch): Float64Array[] {
  return batch.schema.fields.map(
    (_, index) => batch.getChildAt<Float64>(index)?.toArray() ?? new Float64Array(0),
  );
}

// String(-0) is "0".
function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
