import { InputError, NumericError } from '../errors.ts';
import type { Moments } from '../model/chunk.ts';
import type { Unit } from '../model/units.ts';

/** @throws NumericError when there are no moments */
export function expectMoments(moments: Moments | undefined, nUnits: number): Moments {
  if (moments) {
    expectUnits('the moments', moments.sd.length, nUnits);
    return moments;
  }
  throw new NumericError({
    code: 'NO_MOMENTS',
    found: 'counts without means and standard deviations',
    expected: 'moments with each chunk, or in a closing chunk',
    hint: 'put a zscore node before fit-patterns',
  });
}

/** @throws InputError when the numbers differ */
export function expectUnits(what: string, found: number, expected: number): void {
  if (found === expected) return;
  throw new InputError({
    code: 'UNIT_COUNT',
    where: what,
    found: `${found} units`,
    expected: `${expected}, as in the first chunk`,
  });
}

/** @throws NumericError that names the unit */
export function expectFinite({ id }: Unit, sum: number, sd: number): void {
  if (Number.isFinite(sum) && Number.isFinite(sd)) return;
  throw new NumericError({
    code: 'NOT_FINITE',
    where: `unit ${id}`,
    found: `counts with sum ${sum} and standard deviation ${sd}`,
    expected: 'finite numbers',
  });
}
