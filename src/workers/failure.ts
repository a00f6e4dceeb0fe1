import {
  ConfigError,
  type ErrorDetails,
  InputError,
  NumericError,
  PipelineError,
  SinkError,
} from '../errors.ts';

const classes = { ConfigError, InputError, NumericError, SinkError } as const;

/** An error as it crosses from one thread to another. */
export interface Failure {
  readonly message: string;
  readonly stack: string | undefined;
  /** Of a foreseen error, its class and what it was made of. */
  readonly foreseen:
    | { readonly name: keyof typeof classes; readonly details: ErrorDetails }
    | undefined;
}

export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  const name = namesOf(classes).find((known) => error instanceof classes[known]);
  if (!(error instanceof PipelineError) || !name) return { message, stack, foreseen: undefined };
  // Causes stay behind: they may be anything.
  const { cause: _, ...details } = error.details();
  return { message, stack, foreseen: { name, details } };
}

export function errorOf({ message, stack, foreseen }: Failure): Error {
  if (foreseen) return new classes[foreseen.name](foreseen.details);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

function namesOf<T extends string>(table: Readonly<Record<T, unknown>>): readonly T[] {
  return Object.keys(table) as T[];
}
