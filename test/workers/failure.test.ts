import { describe, expect, test } from 'vitest';
import { ConfigError, InputError, NumericError, SinkError } from '../../src/errors.ts';
import { errorOf, failureOf } from '../../src/workers/failure.ts';

const position = { file: 'a.yaml', line: 3, column: 5, length: 2, text: 'op: bin' };

describe('an error that crosses to another thread', () => {
  test.each([ConfigError, InputError, NumericError, SinkError])('%o stays what it was', (Class) => {
    const given = new Class({
      code: 'ODD',
      message: 'it is odd',
      where: 'node "a" (bin)',
      found: 'three',
      expected: 'two',
      hint: 'take one off',
      position,
      cause: new Error('why'),
    });
    const crossed = errorOf(structuredClone(failureOf(given)));
    expect(crossed).toBeInstanceOf(Class);
    const { cause: _, ...details } = given.details();
    expect(crossed).toMatchObject({ ...details, message: given.message, exitCode: given.exitCode });
    expect(crossed.cause).toBeUndefined();
  });

  test('nobody foresaw: its message and stack', () => {
    const given = new TypeError('undefined is not a function');
    const crossed = errorOf(structuredClone(failureOf(given)));
    expect(crossed.message).toBe(given.message);
    expect(crossed.stack).toBe(given.stack);
    expect(errorOf(failureOf('no error at all')).message).toBe('no error at all');
  });
});
