import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinActivation } from '../../src/sinks/join-activation.ts';
import { activationRun, cutActivation } from '../support/streams.ts';

test('one chunk is given back as it is', () => {
  const chunk = activationRun([[1, 2, 3]]);
  expect(joinActivation([chunk])).toBe(chunk);
});

test('chunks one behind the other are the whole that was cut, to the bit', () => {
  const columns = fc.integer({ min: 0, max: 3 }).chain((nAssemblies) =>
    fc.array(fc.array(fc.double(), { minLength: 30, maxLength: 30 }), {
      minLength: nAssemblies,
      maxLength: nAssemblies,
    }),
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 });
  fc.assert(
    fc.property(columns, sizes, (values, cuts) => {
      const whole = activationRun(values, { origin: 12.5, to: 30 });
      const joined = joinActivation(cutActivation(whole, cuts));
      expect(joined.times).toEqual(whole.times);
      expect(joined.columns).toEqual(whole.columns);
      expect(joined).toMatchObject({ start: 12.5, end: whole.end, nBins: 30, firstBin: 0 });
    }),
  );
});

test('chunks on both sides of a gap keep their times; the place on the clock is that of the first', () => {
  const before = activationRun([[1, 2]], { origin: 5 });
  const behind = { ...activationRun([[3]], { origin: 9 }), firstBin: 0 };
  const joined = joinActivation([before, behind]);
  expect([...joined.times]).toEqual([...before.times, ...behind.times]);
  expect(joined).toMatchObject({ start: 5, end: behind.end, nBins: 3, origin: 5 });
  expect(joined.columns).toEqual([Float64Array.of(1, 2, 3)]);
});

test('what was joined is not written to when the parts change, nor the parts by it', () => {
  const [first, second] = cutActivation(activationRun([[1, 2, 3, 4]]), [2]);
  const joined = joinActivation([first, second]);
  joined.columns[0].fill(0);
  expect([...first.columns[0], ...second.columns[0]]).toEqual([1, 2, 3, 4]);
});
