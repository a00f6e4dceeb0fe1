/** Something a run should tell: an operator emits it, a sink or the command speaks. */
export interface Note {
  readonly level: 'info' | 'warning';
  /** Stable upper-case name for programs. */
  readonly code: string;
  readonly message: string;
  /** Figures behind the message. */
  readonly data?: Readonly<Record<string, number | string | boolean>>;
}

export type Report = (note: Note) => void;

export const silent: Report = () => {};
