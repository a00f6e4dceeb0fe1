/** What a row of a recording's journal says of its time. */
export const rowKinds = {
  /** A spike; `unit` is the id. */
  spike: 0,
  /** A run of consecutive time begins. */
  begin: 1,
  /** Everything before this time is known. */
  until: 2,
  /** A line goes up or down; `unit` is the line, 0 where there is none. */
  lineOn: 3,
  lineOff: 4,
  /** A spike that came too late for its place. */
  late: 5,
} as const;

/** Rows of a recording's journal, in the order things became known. */
export interface RecordingRows {
  readonly kinds: Int8Array;
  readonly times: Float64Array;
  readonly units: Int32Array;
}
