/** Numbers and times as the page words them. */

export function grouped(n: number): string {
  return Number.isFinite(n) ? n.toLocaleString('en') : '–';
}

/** At most four significant digits. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const isOdd = value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6);
  return (isOdd ? value.toExponential(2) : String(Number(value.toPrecision(4)))).replace('-', '−');
}

/** h:mm:ss of a time in seconds. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [minutes, rest] = [Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(minutes)}:${two(rest)}`;
}

/** A duration in the units that suit it: 6 h 36 min, 10 min 3 s, 12.5 s. */
export function lasting(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 60) return `${short(seconds)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return rest > 0 ? `${minutes} min ${rest} s` : `${minutes} min`;
}

/** A number with the noun it counts. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}

export function milliseconds(seconds: number): string {
  return `${short(seconds * 1000)} ms`;
}
