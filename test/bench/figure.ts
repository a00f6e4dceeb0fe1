import type { DataSpec } from './data.ts';

/** What one measurement of one thing, in a process of its own, has given. */
export interface Reading {
  readonly seconds: number;
  /** Of all threads, while the clock ran. */
  readonly cpuSeconds: number;
  /** Of the whole process, preparation included. */
  readonly peakRssBytes: number;
  /** Whatever else is worth knowing: bytes written, spikes read, seconds of a part. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What a child process does: a probe of this folder, or the command line of the build. */
export type Work =
  | { readonly probe: string; readonly options: Readonly<Record<string, unknown>> }
  | {
      /** Arguments of the command; `--out` and a scratch folder are added. */
      readonly command: readonly string[];
      /**
       * Runs this file with options of some nodes changed, with nodes added, or left out where null stands; the command
       * then names no pipeline.
       */
      readonly pipeline?: {
        readonly file: string;
        readonly nodes: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
      };
      /** Added to what is counted: hours of recording, say. */
      readonly counts?: Readonly<Record<string, number>>;
    };

/** A ratio or a limit that a figure is held against. */
export interface Bound {
  /** `seconds`, `cpuSeconds`, `peakRssBytes`, or the name of a count. */
  readonly value: string;
  /** A count that the value is divided by first, in both figures. */
  readonly per?: string;
  /** The figure that the value is divided by, as measured in the same round. */
  readonly to?: string;
  /** What the result must not exceed; without it the result is only told. */
  readonly most?: number;
  /** How far the result may lie from 1, either way, as a factor. */
  readonly within?: number;
}

/** One thing that is measured. */
export interface Figure {
  readonly name: string;
  readonly says: string;
  readonly work: Work;
  readonly data?: readonly DataSpec[];
  readonly bounds?: readonly Bound[];
  /** Done once before the rounds: throws where what is measured would not be what it says. */
  readonly verify?: Work;
}

export interface Group {
  readonly name: string;
  readonly says: string;
  /** Smaller recordings where `isQuick`. */
  readonly figures: (options: { readonly isQuick: boolean }) => readonly Figure[];
}
