/** A file of a run that is open for reading. */
export interface ResultFile {
  readonly byteLength: number;
  /** Bytes from `start` up to `end`, or to the end of the file. */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
  close(): Promise<void>;
}

/** The files of one run, finished or about to be, wherever they stand. */
export interface ResultFiles {
  /** What errors call the place. */
  readonly where: string;
  readonly names: () => Promise<readonly string[]>;
  readonly open: (name: string) => Promise<ResultFile>;
}
