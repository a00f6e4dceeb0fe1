import { PipelineError, ProblemList, renderError } from '../../src/errors.ts';

/** What became of one case. */
export interface Outcome {
  readonly kind: 'accepted' | 'refused' | 'failed';
  /** Error codes of a refusal; what went wrong of a failure. */
  readonly detail: string;
}

/** A case that ended as it must not. */
export class Fault extends Error {}

const maxRendered = 1 << 18;

/**
 * Runs one case. It may end well or in a PipelineError which says where; anything else is a failure.
 * @returns the outcome; `work` returns what an accepted case is counted as
 */
export async function outcomeOf(work: () => Promise<string>): Promise<Outcome> {
  try {
    return { kind: 'accepted', detail: await work() };
  } catch (error) {
    return judge(error);
  }
}

/** Whether an error is one that a user can make something of. */

export function judge(error: unknown): Outcome {
  if (!(error instanceof PipelineError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'failed', detail: stack.split('\n').slice(0, 6).join(' | ').slice(0, 900) };
  }
  const problems = error instanceof ProblemList ? error.problems : [error];
  let complaint: string | undefined;
  try {
    complaint = complaintOf(error, problems);
  } catch (cause) {
    complaint = `an error that cannot be told: ${String(cause)}`;
  }
  if (complaint !== undefined) return { kind: 'failed', detail: complaint };
  const codes = new Set(problems.map(({ code }) => code));
  return { kind: 'refused', detail: [...codes].slice(0, 20).join(' ') };
}

/** What is wrong with an error that is of the right class. */
function complaintOf(error: PipelineError, problems: readonly PipelineError[]): string | undefined {
  const text = renderError(error);
  if (problems.length === 0) return 'an empty list of problems';
  if (text.length > maxRendered) return `an error text of ${text.length} characters`;
  if (text.includes('[object ')) return `an object in the text: ${text.slice(0, 400)}`;
  for (const { exitCode, code, position, where, found, expected, detail } of problems) {
    if (![2, 3, 4, 5].includes(exitCode)) return `${code} with exit code ${exitCode}`;
    if (!/^[A-Z][A-Z0-9_]+$/.test(code)) return `the code ${code}`;
    if (position === undefined && where === undefined) return `${code} without a place`;
    if (found === undefined && expected === undefined && detail === undefined) {
      return `${code} says nothing`;
    }
    if (!position) continue;
    const { line, column, length, text } = position;
    const isInside = line >= 1 && column >= 1 && length >= 1 && column <= text.length + 1;
    if (!isInside) return `${code} at ${line}:${column} of a line of ${text.length} characters`;
  }
  return undefined;
}
