/** What a message of the acquisition system says, as far as it matters here. */
export type RigMessage = RigSpike | RigTtl | RigClock;

/** A sound message of no use here; it has a number all the same. */
export interface RigOther {
  readonly kind: 'other';
  readonly number: number | undefined;
}

interface RigTime {
  /** Samples since the acquisition began. */
  readonly sample: number;
  /** Samples per second; undefined where the message does not say. */
  readonly sampleRate: number | undefined;
  /** Which stream of samples the number counts in; empty where the message does not say. */
  readonly stream: string;
  /** Counts the messages of the sender; undefined where it counts none. */
  readonly number?: number | undefined;
}

export interface RigSpike extends RigTime {
  readonly kind: 'spike';
  readonly electrode: string;
  /** 0 where the spike was not sorted. */
  readonly sortedId: number;
}

export interface RigTtl extends RigTime {
  readonly kind: 'ttl';
  /** From 1. */
  readonly line: number;
  readonly isOn: boolean;
}

/** No event, and yet it says how far the recording has come. */
export interface RigClock extends RigTime {
  readonly kind: 'clock';
}

/** Reads the frames of a message; undefined is no message of this format. */
export type ReadMessage = (frames: readonly Uint8Array[]) => RigMessage | RigOther | undefined;

/** A whole number that a double holds, not below 0. */
export function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** A rate that a recording may have, in Hz. */
export function rate(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 1 && value <= 1e7 ? value : undefined;
}

/** A name, given as text or as a number; empty where it is neither. */
export function label(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

export type Fields = Readonly<Record<string, unknown>>;

/** The members of an object; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}
