import { InputError } from '../errors.ts';
import { nextAfter } from '../math/next-after.ts';
import type { SpikeChunk } from '../model/chunk.ts';
import { FarMessages } from './far-messages.ts';
import { SpikeQueue } from './spike-queue.ts';
import {
  type Break,
  noCounts,
  type TimelineCounts,
  type TimelineOptions,
} from './timeline-types.ts';

/** One run of consecutive time. */
interface Run {
  readonly queue: SpikeQueue;
  /** Time of its earliest message, while it has no start. */
  first: number;
  /** Up to where it was taken; NaN while the run has not begun. */
  start: number;
  watermark: number;
  latest: number;
  isOver: boolean;
}

/**
 * Puts the messages of a running recording in the order of its own clock. Every message moves the watermark to its time
 * less `lateness`; what lies before the watermark is closed and may be taken. A run begins at its earliest message, which
 * is known once the watermark has reached it, and ends just behind its last one. What comes too late for its place is
 * counted and given out beside the chunks; behind messages that were lost that is also what lies before the end of the
 * run. Times far from the clock are held back until a second one agrees with them: then a new run begins; else they are
 * counted as strays. Wall-clock times are arguments; nothing here waits.
 * Memory: at most `maxQueued` spikes.
 */
export class Timeline {
  readonly counts: TimelineCounts = noCounts();
  readonly #options: TimelineOptions;
  readonly #onBreak: (found: Break) => void;
  readonly #far: FarMessages;
  #runs: Run[] = [];
  #late = new SpikeQueue();
  #lastEnd = Number.NaN;
  #latestAt = 0;
  #arrived = Number.NaN;
  #arrivedSince = Number.NaN;
  #pendingBreak: Break['why'] | undefined;
  /** End of the run before, where no run of the same clock may begin earlier. */
  #floor = Number.NEGATIVE_INFINITY;
  #isFirst = true;

  constructor(options: TimelineOptions, onBreak: (found: Break) => void = () => {}) {
    this.#options = options;
    this.#onBreak = onBreak;
    this.#far = new FarMessages(options);
  }

  /** Time before which everything is known; NaN before the first message. */
  get watermark(): number {
    return this.#runs.at(-1)?.watermark ?? this.#lastEnd;
  }

  /** Spikes that wait to be taken. */
  get queued(): number {
    return this.#runs.reduce((sum, { queue }) => sum + queue.length, 0) + this.#late.length;
  }

  /** When the first message came that let what was taken last be taken. */
  get arrived(): number {
    return this.#arrived;
  }

  /** A spike; without a unit, only the time that the recording's clock shows. */
  accept(time: number, unit: number | undefined, now: number): void {
    this.counts.messages++;
    if (unit !== undefined) this.counts.spikes++;
    const { start } = this.#options;
    if (this.#isFirst && start !== undefined && time < start) {
      this.counts.early++;
      return;
    }
    const run = this.#runs.at(-1);
    if (!run || run.isOver) this.#first(time, unit, now);
    else if (this.#isNear(run, time)) {
      this.counts.strays += this.#far.age();
      this.#place(run, time, unit, now);
    } else {
      const { agreed, nStrays } = this.#far.hold({ time, unit });
      this.counts.strays += nStrays;
      if (agreed) this.#change(run, agreed, now);
    }
  }

  /** The wall clock has moved on. */
  tick(now: number): void {
    const { idleAfter, lateness } = this.#options;
    const run = this.#runs.at(-1);
    if (idleAfter === undefined || !run || run.isOver) return;
    const silence = now - this.#latestAt;
    if (silence >= idleAfter) this.#advance(run, run.latest + silence - idleAfter - lateness, now);
  }

  /** Nothing is known of the time from here to the next message. */
  interrupt(now: number, why: 'reconnect' | 'lost' | 'restart'): void {
    const run = this.#runs.at(-1);
    if (!run || run.isOver) return;
    // What comes now says nothing of a message from before.
    this.counts.strays += this.#far.drop();
    this.#close(run, now);
    this.#pendingBreak = why;
    this.#floor = why === 'lost' ? run.watermark : Number.NEGATIVE_INFINITY;
  }

  /** The recording is over: all that waits is closed. */
  end(now: number): void {
    this.counts.strays += this.#far.drop();
    const run = this.#runs.at(-1);
    if (run && !run.isOver) this.#close(run, now);
    else if (this.#late.length > 0)
      this.#runs.push(createRun(run?.watermark ?? this.#lastEnd, true));
    this.#letLateOut();
  }

  /** Everything that has closed of the oldest run since it was taken last; undefined where there is nothing. */
  take(): SpikeChunk | undefined {
    for (let run = this.#runs[0]; run; run = this.#runs[0]) {
      if (run.watermark > run.start) return this.#takeFrom(run);
      if (!run.isOver) return undefined;
      this.#lastEnd = run.watermark;
      this.#runs.shift();
    }
    return undefined;
  }

  #takeFrom(run: Run): SpikeChunk {
    const { start, watermark: end } = run;
    const spikes = run.queue.take(run.queue.countBefore(end));
    const late = this.#late.length > 0 ? this.#late.take(this.#late.length) : undefined;
    run.start = end;
    if (!Number.isNaN(this.#arrivedSince)) this.#arrived = this.#arrivedSince;
    this.#arrivedSince = Number.NaN;
    const chunk = { kind: 'spikes' as const, start, end, nUnits: this.#options.nUnits, ...spikes };
    return late ? { ...chunk, late } : chunk;
  }

  #isNear({ latest, watermark, first }: Run, time: number): boolean {
    const { maxSilence, maxLate, lateness, idleAfter = 0 } = this.#options;
    // The wall clock may have carried the watermark beyond the latest message.
    const reach = Number.isNaN(watermark)
      ? latest
      : Math.max(latest, watermark + lateness + idleAfter);
    const floor = Number.isNaN(watermark) ? first : watermark;
    return time <= reach + maxSilence && time >= floor - maxLate;
  }

  /** Opens a run with its first message, unless that is a late one of the run before. */
  #first(time: number, unit: number | undefined, now: number): void {
    const isSameClock = time >= this.#floor - this.#options.maxLate;
    if (!isSameClock) this.#floor = Number.NEGATIVE_INFINITY;
    if (time < this.#floor) this.#comeLate(time, unit);
    else this.#place(this.#begin(), time, unit, now);
  }

  #begin(): Run {
    const { start } = this.#options;
    const run = createRun(this.#isFirst && start !== undefined ? start : Number.NaN);
    this.#isFirst = false;
    this.#runs.push(run);
    return run;
  }

  #change(run: Run, messages: readonly { time: number; unit: number | undefined }[], now: number) {
    const isForward = messages[0].time > run.latest;
    this.#close(run, now);
    this.#pendingBreak = isForward ? 'gap' : 'restart';
    this.#floor = Number.NEGATIVE_INFINITY;
    const next = this.#begin();
    for (const { time, unit } of messages) this.#place(next, time, unit, now);
  }

  #place(run: Run, time: number, unit: number | undefined, now: number): void {
    if (time < run.watermark || time < this.#floor) {
      this.#comeLate(time, unit);
      return;
    }
    if (unit !== undefined) {
      this.#makeRoom();
      if (!run.queue.insert(time, unit)) this.counts.duplicates++;
    }
    run.first = Math.min(run.first, time);
    if (time > run.latest) run.latest = time;
    this.#latestAt = now;
    this.#advance(run, run.latest - this.#options.lateness, now);
  }

  #comeLate(time: number, unit: number | undefined): void {
    if (unit === undefined) return;
    this.counts.late++;
    this.#makeRoom();
    this.#late.insert(time, unit);
  }

  #advance(run: Run, to: number, now: number): void {
    if (Number.isNaN(run.start)) {
      if (to < run.first) return;
      this.#open(run);
    }
    if (to <= run.watermark) return;
    run.watermark = to;
    this.#noteArrival(now);
  }

  #noteArrival(now: number): void {
    if (Number.isNaN(this.#arrivedSince)) this.#arrivedSince = now;
  }

  #open(run: Run): void {
    run.start = run.first;
    run.watermark = run.first;
    const why = this.#pendingBreak;
    if (why === undefined) return;
    this.#pendingBreak = undefined;
    const end = this.#runs.at(-2)?.watermark ?? this.#lastEnd;
    if (why !== 'restart') this.counts.gaps++;
    if (why === 'restart' || run.start < end) this.counts.restarts++;
    this.#onBreak({ why, end, start: run.start });
  }

  #close(run: Run, now: number): void {
    run.isOver = true;
    this.#noteArrival(now);
    if (Number.isNaN(run.start)) this.#open(run);
    if (run.latest === Number.NEGATIVE_INFINITY) return;
    run.watermark = Math.max(run.watermark, nextAfter(run.latest));
    this.#letLateOut();
  }

  /** Late spikes leave with a chunk, and it may be that no other comes. */
  #letLateOut(): void {
    const run = this.#runs.at(-1);
    if (run && this.#late.length > 0 && run.watermark <= run.start) {
      run.watermark = nextAfter(run.start);
    }
  }

  #makeRoom(): void {
    const { maxQueued, whenFull } = this.#options;
    if (this.queued < maxQueued) return;
    if (whenFull === 'fail') throw queueFull(maxQueued);
    const nLate = this.#late.length;
    if (nLate > 0) {
      this.#late.take(nLate);
      this.counts.dropped += nLate;
    }
    const run = this.#runs.find(({ queue }) => queue.length > 0);
    if (run) this.#dropOldest(run);
  }

  /** Drops the first half of a run; what follows is a run of its own. */
  #dropOldest(run: Run): void {
    const nDropped = Math.ceil(run.queue.length / 2);
    const end = run.start;
    run.queue.take(nDropped);
    this.counts.dropped += nDropped;
    const isEmpty = run.queue.length === 0;
    const start = isEmpty ? nextAfter(run.latest) : run.queue.timeAt(0);
    run.start = start;
    run.watermark = Math.max(run.watermark, start);
    this.counts.gaps++;
    this.#onBreak({ why: 'dropped', end, start });
  }
}

function createRun(start: number, isOver = false): Run {
  return {
    queue: new SpikeQueue(),
    first: Number.POSITIVE_INFINITY,
    start,
    watermark: start,
    latest: Number.NEGATIVE_INFINITY,
    isOver,
  };
}

function queueFull(maxQueued: number): InputError {
  return new InputError({
    code: 'LIVE_QUEUE_FULL',
    found: `${maxQueued} spikes that wait, and more come`,
    expected: 'a graph that keeps up with the recording',
    hint: 'drop the oldest of them with whenFull: drop-oldest, or let more wait with maxQueued',
  });
}
