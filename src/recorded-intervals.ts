import { map, type Observable, take, throwIfEmpty } from 'rxjs';
import { ConfigError } from './errors.ts';
import { parseEpochExpression, resolveEpochs } from './model/epoch-expression.ts';
import type { Epochs, Intervals } from './model/epochs.ts';
import type { Report } from './model/report.ts';

/**
 * The intervals that an epoch expression stands for in a recording, once its epochs have come.
 * @param option the name of the option that holds the expression, for messages
 * @throws ConfigError for an expression that cannot be read, for epochs that are not connected or never come, and for
 *   names that the recording does not have
 */
export function recordedIntervals(
  option: string,
  expression: string,
  epochs$: Observable<Epochs> | undefined,
  report: Report,
): Observable<Intervals> {
  const parsed = parseEpochExpression(expression);
  const unknown = () =>
    new ConfigError({
      code: 'NO_EPOCHS',
      message: `the epochs of "${option}: ${expression}" are not known`,
      expected: 'a recording with epochs, connected to the input "epochs"',
    });
  if (!epochs$) throw unknown();
  return epochs$.pipe(
    take(1),
    throwIfEmpty(unknown),
    map((recorded) => resolveEpochs(parsed, recorded, report)),
  );
}
