import type { Feed, SharedFrame } from './feed.ts';
import type { Frame, TriggerFrame } from './frame.ts';

/** Frames that wait for one page, at most: a second's worth. */
const maxWaiting = 30;

/** One page that looks. */
export interface Viewer {
  /** The next message, once there is one; undefined when there will be none. */
  readonly next: () => Promise<string | undefined>;
  readonly leave: () => void;
  /** Points that it was not sent. */
  readonly nDropped: () => number;
}

/** Those who look at a run. Nobody here waits for them. */
export interface Audience {
  readonly join: () => Viewer;
  readonly tick: () => void;
  readonly size: () => number;
  /** Points that pages were not sent, those that have left included. */
  readonly nDropped: () => number;
  /** Gives everyone what is left, and then nothing. */
  readonly dismiss: () => void;
}

/**
 * Hands frames to pages, each at its own pace: what a page does not take waits, a second's worth; of more the oldest are
 * dropped and counted. Memory: those frames, once for all pages, and their text for as many as are read at a time.
 */
export function createAudience(feed: Feed): Audience {
  const viewers = new Set<Place>();
  let nDroppedBefore = 0;
  let isOver = false;

  function join(): Viewer {
    const place = createPlace(() => feed.start());
    viewers.add(place);
    if (isOver) place.end();
    const leave = (): void => {
      if (!viewers.delete(place)) return;
      nDroppedBefore += place.nDropped();
      place.end();
    };
    return { next: place.next, nDropped: place.nDropped, leave };
  }

  function tick(): void {
    const frame = feed.next();
    if (frame) for (const place of viewers) place.give(frame);
  }

  const nDropped = (): number =>
    [...viewers].reduce((sum, place) => sum + place.nDropped(), nDroppedBefore);

  function dismiss(): void {
    isOver = true;
    feed.end();
    tick();
    for (const place of viewers) place.end();
  }

  return { join, tick, size: () => viewers.size, nDropped, dismiss };
}

interface Place {
  readonly give: (frame: SharedFrame) => void;
  readonly next: () => Promise<string | undefined>;
  readonly nDropped: () => number;
  readonly end: () => void;
}

function createPlace(start: () => SharedFrame): Place {
  const waiting: SharedFrame[] = [];
  let wake: (() => void) | undefined;
  let hasBegun = false;
  let isOver = false;
  let nDropped = 0;

  function give(frame: SharedFrame): void {
    // What comes before the start is read is part of it.
    if (isOver || !hasBegun) return;
    if (waiting.length === maxWaiting) {
      const oldest = waiting.shift();
      for (const { times } of oldest?.traces ?? []) nDropped += times.length;
      if (oldest) keepLasting(oldest, waiting);
    }
    waiting.push(frame);
    wake?.();
  }

  async function next(): Promise<string | undefined> {
    if (!hasBegun) {
      hasBegun = true;
      return told(start());
    }
    if (waiting.length === 0 && !isOver) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      wake = undefined;
    }
    const frame = waiting.shift();
    return frame && told(frame);
  }

  function told({ status, ...frame }: SharedFrame): string {
    const message: Frame = status ? { ...frame, status: { ...status, nDropped } } : frame;
    return JSON.stringify(message);
  }

  const end = (): void => {
    isOver = true;
    wake?.();
  };
  return { give, next, nDropped: () => nDropped, end };
}

/** Of a frame that is dropped, what no later one says again: averages and triggers, the last ones. */
function keepLasting(dropped: SharedFrame, waiting: SharedFrame[]): void {
  const [next] = waiting;
  if (!next || (dropped.psths.length === 0 && dropped.triggers.length === 0)) return;
  const newer = new Set(waiting.flatMap(({ psths }) => psths.map(({ node }) => node)));
  const psths = [...dropped.psths.filter(({ node }) => !newer.has(node)), ...next.psths];
  const triggers: TriggerFrame[] = [...dropped.triggers, ...next.triggers].slice(-200);
  waiting[0] = { ...next, psths, triggers };
}
