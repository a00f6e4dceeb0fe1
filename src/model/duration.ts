/**
 * A duration in words, as nelpy prints it: "6:36:57:689 hours", "5.25 seconds", "1 days 0.0 milliseconds".
 * The rules are the reference's, whose milliseconds are cut off after minutes and are decimals before the first.
 */
export function formatDuration(seconds: number): string {
  if (seconds === Number.POSITIVE_INFINITY) return 'inf';
  if (!Number.isFinite(seconds)) return String(seconds);
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  let milliseconds = roundHalfEven((seconds % 1) * 10000) / 10;
  let whole = Math.floor(seconds);
  const isCarried = milliseconds >= 999.5;
  if (isCarried) {
    milliseconds = 0;
    whole += 1;
  }
  const days = Math.floor(whole / 86400);
  const hours = Math.floor((whole % 86400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  const prefix = days > 0 ? `${days} days ` : '';
  if (hours === 0 && minutes === 0 && rest === 0) {
    return `${prefix}${isCarried ? '0' : decimal(milliseconds)} milliseconds`;
  }
  const two = (value: number): string => String(value).padStart(2, '0');
  const unit = hours > 0 ? 'hours' : minutes > 0 ? 'minutes' : 'seconds';
  const clock =
    hours > 0
      ? `${hours}:${two(minutes)}:${two(rest)}`
      : minutes > 0
        ? `${minutes}:${two(rest)}`
        : `${rest}`;
  const text =
    milliseconds === 0
      ? clock
      : minutes === 0
        ? `${clock}${String(Number((milliseconds / 1000).toFixed(7))).slice(1)}`
        : `${clock}:${String(Math.floor(milliseconds)).padStart(3, '0')}`;
  return `${prefix}${text} ${unit}`;
}

function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** Rounds to the nearest whole number, halves to the even one. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
