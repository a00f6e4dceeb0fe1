import type { SpikeChunk, Trigger } from '../model/chunk.ts';
import type { Clock } from '../model/clock.ts';
import { Timeline } from './timeline.ts';
import type { Break, TimelineOptions } from './timeline-types.ts';

/** How often the wall clock is looked at where it moves the watermark, in seconds. */
const tickSeconds = 0.01;
/** Events that may wait for whoever reads them. */
const maxTriggers = 10_000;

export interface FeedOptions extends TimelineOptions {
  readonly clock: Clock;
  readonly onBreak?: (found: Break) => void;
}

/**
 * A running recording as streams that are pulled: messages go in as they come, chunks of spikes go out as they close.
 * Each stream is for one reader. Memory: what the timeline holds, and at most 10,000 events.
 */
export class LiveFeed {
  readonly timeline: Timeline;
  readonly #clock: Clock;
  readonly #isTicking: boolean;
  #error: unknown;
  #state: 'waiting' | 'running' | 'stale' | 'ended' = 'waiting';
  #hasFailed = false;
  #wake: (() => void)[] = [];
  #triggers: Trigger[] | undefined;
  #nDroppedTriggers = 0;
  #arrived = Number.NaN;

  constructor({ clock, onBreak, ...options }: FeedOptions) {
    this.timeline = new Timeline(options, onBreak);
    this.#clock = clock;
    this.#isTicking = options.idleAfter !== undefined;
  }

  get state(): 'waiting' | 'running' | 'stale' | 'ended' {
    return this.#state;
  }

  get droppedTriggers(): number {
    return this.#nDroppedTriggers;
  }

  /** When the message came that let the last chunk close which was read. */
  get arrived(): number {
    return this.#arrived;
  }

  /** A message: a spike of a unit, or the time alone. Readers are woken by `wake`, once for many of them. */
  accept(time: number, unit?: number): void {
    if (this.#state === 'ended') return;
    this.#state = 'running';
    try {
      this.timeline.accept(time, unit, this.#clock.now());
    } catch (error) {
      this.fail(error);
    }
  }

  /** An event that another program has sent. */
  trigger(trigger: Trigger): void {
    this.accept(trigger.time);
    if (!this.#triggers || this.#state === 'ended') return;
    if (this.#triggers.length >= maxTriggers) {
      this.#triggers.shift();
      this.#nDroppedTriggers++;
    }
    this.#triggers.push(trigger);
  }

  wake(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const call of waiting) call();
  }

  /** The connection is lost: until it is back, nothing moves the watermark. */
  lose(): void {
    if (this.#state === 'running') this.#state = 'stale';
  }

  /** The connection is back, or the sender says that something is missing here: what comes now is another run. */
  interrupt(why: 'reconnect' | 'lost' | 'restart'): void {
    this.timeline.interrupt(this.#clock.now(), why);
    this.wake();
  }

  /** Ends the streams as if the recording had ended. */
  stop(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.timeline.end(this.#clock.now());
    this.wake();
  }

  /** Ends the streams with an error, behind everything that has closed. */
  fail(error: unknown): void {
    if (this.#state === 'ended') return;
    this.#error = error;
    this.#hasFailed = true;
    this.stop();
  }

  async *chunks(): AsyncGenerator<SpikeChunk> {
    for (;;) {
      if (this.#state === 'running') this.timeline.tick(this.#clock.now());
      const chunk = this.timeline.take();
      if (chunk) {
        this.#arrived = this.timeline.arrived;
        yield chunk;
      } else if (this.#state === 'ended') {
        if (this.#hasFailed) throw this.#error;
        return;
      } else await this.#news(this.#isTicking);
    }
  }

  async *triggers(): AsyncGenerator<Trigger> {
    this.#triggers = [];
    for (;;) {
      const trigger = this.#triggers.shift();
      if (trigger) yield trigger;
      else if (this.#state === 'ended') return;
      else await this.#news(false);
    }
  }

  #news(isTicking: boolean): Promise<void> {
    return new Promise((resolve) => {
      let callOff = () => {};
      const done = () => {
        callOff();
        resolve();
      };
      if (isTicking) callOff = this.#clock.after(tickSeconds, done);
      this.#wake.push(done);
    });
  }
}
