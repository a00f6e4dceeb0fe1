import { Field, Float64, Int8, Int32, makeData, RecordBatch, Schema, Struct } from 'apache-arrow';
import type { RecordingRows } from './recording-rows.ts';

const columns = [
  ['kind', () => new Int8()],
  ['time', () => new Float64()],
  ['unit', () => new Int32()],
] as const;

/** The rows as a record batch over the same buffers. */
export function toRecordingBatch(
  { kinds, times, units }: RecordingRows,
  metadata: ReadonlyMap<string, string>,
): RecordBatch {
  const fields = columns.map(([name, type]) => new Field(name, type(), false));
  const length = times.length;
  const children = [
    makeData({ type: new Int8(), length, nullCount: 0, data: kinds }),
    makeData({ type: new Float64(), length, nullCount: 0, data: times }),
    makeData({ type: new Int32(), length, nullCount: 0, data: units }),
  ];
  const data = makeData({ type: new Struct(fields), length, nullCount: 0, children });
  return new RecordBatch(new Schema(fields, new Map(metadata)), data);
}

/** The rows of a record batch; undefined where it is none of a recording. */
export function fromRecordingBatch(batch: RecordBatch): RecordingRows | undefined {
  const [kinds, times, units] = columns.map(([name]) => batch.getChild(name)?.toArray());
  const isRecording =
    kinds instanceof Int8Array && times instanceof Float64Array && units instanceof Int32Array;
  return isRecording ? { kinds, times, units } : undefined;
}
