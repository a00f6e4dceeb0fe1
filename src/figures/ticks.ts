/**
 * Round values from `low` to `high`, either first, about as many as wanted and never more.
 * @param steps what a step may be, times a power of ten
 */
export function roundTicks(
  low: number,
  high: number,
  nWanted: number,
  steps: readonly number[] = [1, 2, 5],
): number[] {
  const [from, to] = low < high ? [low, high] : [high, low];
  const least = (to - from) / Math.max(1, nWanted);
  if (!(least > 0) || !Number.isFinite(least)) return [from];
  const power = Math.floor(Math.log10(least));
  // Whole multiples of a step with a power of ten below it are exact where products of doubles are not.
  const candidates = [power, power + 1].flatMap((one) =>
    steps.map((step) => ({ step, power: one })),
  );
  const chosen = candidates.find((one) => one.step * 10 ** one.power >= least * (1 - 1e-9));
  const { step, power: exponent } = chosen ?? { step: 10, power };
  const tickAt = (count: number): number =>
    exponent < 0 ? (count * step) / 10 ** -exponent : count * step * 10 ** exponent;
  const size = tickAt(1);
  const ticks: number[] = [];
  for (let count = Math.ceil(from / size - 1e-9); count * size <= to + size * 1e-9; count++) {
    ticks.push(tickAt(count) + 0);
  }
  return ticks;
}

/** Numbers from 1 to `n`, as many as there is room for. */
export function wholeTicks(n: number, nWanted = 12): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((one) => n / one <= nWanted) ?? 1000;
  const all = Array.from({ length: n }, (_, k) => k + 1);
  return all.filter((k) => k % step === 0 || (k === 1 && step !== 2));
}

/** Ticks as texts, all with as many decimals as one of them needs. */
export function tickFormat(ticks: readonly number[]): (value: number) => string {
  const most = ticks.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const steps = ticks.slice(1).map((tick, index) => Math.abs(tick - (ticks[index] ?? 0)));
  const least = Math.min(...steps.filter((step) => step > 0), most || 1);
  if (most >= 1e6 || (most > 0 && most < 1e-4)) return (value) => minus(value.toExponential(0));
  let digits = 0;
  while (digits < 6 && Math.abs(least * 10 ** digits - Math.round(least * 10 ** digits)) > 1e-6)
    digits++;
  return (value) => minus(value === 0 ? '0' : value.toFixed(digits));
}

/** Powers of ten as texts: 10 with the exponent raised. */
export function decadeFormat(value: number): string {
  const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const exponent = String(Math.round(Math.log10(value)));
  const letters = Array.from(exponent, (letter) => (letter === '-' ? '⁻' : raised[Number(letter)]));
  return `10${letters.join('')}`;
}

/** The sign for a negative number is wider than a hyphen. */
function minus(text: string): string {
  return text.replaceAll('-', '−');
}
