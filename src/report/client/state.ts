/** A value that parts of the page share: each is told when another changes it. */
export interface Shared<T> {
  readonly get: () => T;
  readonly set: (value: T) => void;
  /** Called at once, and on every change. */
  readonly watch: (listen: (value: T) => void) => void;
}

export function shared<T>(initial: T): Shared<T> {
  const listeners: ((value: T) => void)[] = [];
  let current = initial;
  return {
    get: () => current,
    set: (value) => {
      if (value === current) return;
      current = value;
      for (const listen of listeners) listen(value);
    },
    watch: (listen) => {
      listeners.push(listen);
      listen(current);
    },
  };
}

/** Which assembly is looked at; both count from 0. */
export interface Selected {
  readonly projection: number;
  readonly assembly: number;
}

/** A span of time that is looked at. */
export interface View {
  readonly start: number;
  readonly end: number;
}

/** The view moved and shortened or lengthened as far as bounds and the smallest length need. */
export function clampView(view: View, bounds: View, smallest: number): View {
  const most = bounds.end - bounds.start;
  const length = Math.min(most, Math.max(Math.min(smallest, most), view.end - view.start));
  const middle = (view.start + view.end) / 2;
  const start = Math.min(bounds.end - length, Math.max(bounds.start, middle - length / 2));
  return { start, end: start + length };
}

/** The view with `factor` times its length, in which `anchor` stays where it is. */
export function zoomView({ start, end }: View, factor: number, anchor: number): View {
  return { start: anchor - (anchor - start) * factor, end: anchor + (end - anchor) * factor };
}

export function panView({ start, end }: View, part: number): View {
  const shift = (end - start) * part;
  return { start: start + shift, end: end + shift };
}

export function isWithin({ start, end }: View, time: number): boolean {
  return time >= start && time < end;
}
