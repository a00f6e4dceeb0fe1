/** A number as people write it: at most four significant digits, a true minus sign, "–" for what does not exist. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const magnitude = Math.abs(value);
  const text =
    magnitude !== 0 && (magnitude < 0.001 || magnitude >= 1e6)
      ? value.toExponential(2)
      : String(Number(value.toPrecision(4)));
  return text.replace('-', '−');
}

/** A time of the recording as h:mm:ss, with as many decimals as `step` needs. */
export function formatTime(seconds: number, step = 1): string {
  const decimals = Math.max(0, Math.min(4, Math.ceil(-Math.log10(step))));
  const scale = 10 ** decimals;
  const ticks = Math.round(Math.abs(seconds) * scale);
  const whole = Math.floor(ticks / scale);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const clock = [hours, minutes, whole % 60].map((part) => String(part).padStart(2, '0')).join(':');
  const fraction = decimals > 0 ? `.${String(ticks % scale).padStart(decimals, '0')}` : '';
  return `${seconds < 0 ? '−' : ''}${clock.replace(/^0(?=\d:)/, '')}${fraction}`;
}

/** How long something takes, in the unit that suits it. */
export function formatLength(seconds: number): string {
  if (seconds < 1) return `${formatNumber(seconds * 1000)} ms`;
  if (seconds < 120) return `${formatNumber(seconds)} s`;
  if (seconds < 7200) return `${formatNumber(seconds / 60)} min`;
  return `${formatNumber(seconds / 3600)} h`;
}

/** Round values within a range, about `wanted` of them. */
export function roundTicks(low: number, high: number, wanted: number): number[] {
  const rough = (high - low) / Math.max(1, wanted);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((size) => size >= rough) ?? 10 * power;
  return multiples(low, high, step);
}

/** Round times within a range, about `wanted` of them, and the step between them. */
export function timeTicks(low: number, high: number, wanted: number) {
  const rough = (high - low) / Math.max(1, wanted);
  const steps = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200,
  ];
  const step =
    rough < 1
      ? decimalStep(rough)
      : (steps.find((size) => size >= rough) ?? Math.ceil(rough / 86_400) * 86_400);
  return { step, times: multiples(low, high, step) };
}

function decimalStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((m) => m * power).find((size) => size >= rough * 0.9999) ?? power;
}

/** Adding 0 makes one of -0. */
function multiples(low: number, high: number, step: number): number[] {
  const found: number[] = [];
  const first = Math.ceil(low / step - 1e-9);
  for (let k = first; k * step <= high + step * 1e-9; k++) found.push(k * step + 0);
  return found;
}
