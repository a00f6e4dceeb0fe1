import { InputError } from '../../errors.ts';

/** Where in a MAT file the reader is, for messages. */
export interface Trail {
  readonly file: string;
  /** Variable, fields and cells on the way down: `cell_metrics`, `.spikes`, `.times`, `{3}`. */
  readonly path: string[];
  /** Whether positions count the bytes of an inflated variable rather than those of the file. */
  readonly isInflated: boolean;
}

export interface Fault {
  readonly code?: string;
  readonly message?: string;
  readonly found?: string;
  readonly expected?: string;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** An error that names file, variable, field and byte. */
export function faultAt({ file, path, isInflated }: Trail, position: number, fault: Fault) {
  const field = path.length > 0 ? `, ${path.join('')}` : '';
  const byte = `byte ${position}${isInflated ? ' of the inflated variable' : ''}`;
  return new InputError({ code: 'MAT_GARBLED', where: `${file}${field}, ${byte}`, ...fault });
}

/** The error for a file that ends before it should. */
export function truncated(trail: Trail, position: number, missing: number) {
  return faultAt(trail, position, {
    code: 'MAT_TRUNCATED',
    found: 'the end of the data',
    expected: `at least ${missing} more bytes`,
    hint: 'the file is cut short or damaged; copy or save it again',
  });
}
