import { type MonoTypeOperatorFunction, tap } from 'rxjs';
import type { LiveStatus, OpenSource } from '../define.ts';
import { LatencyCounter, type LatencySummary } from '../live/latency.ts';

/** How a live source ended, and how long the rows took from the message that let them close to the sinks. */
export interface LiveReport {
  readonly node: string;
  readonly status: LiveStatus;
  readonly latency: LatencySummary | undefined;
}

/** What a run keeps of its live sources. */
export class LiveWatch {
  readonly #sources: ReadonlyMap<string, OpenSource>;
  readonly #now: () => number;
  readonly #latency = new LatencyCounter();
  readonly #mostQueued = new Map<string, number>();
  #newest = Number.NaN;

  constructor(sources: ReadonlyMap<string, OpenSource>, now: () => number) {
    this.#sources = sources;
    this.#now = now;
  }

  /** Ends the streams of the live sources when the signal comes, or has come. @returns lets go of the signal */
  stopOn(signal: AbortSignal | undefined): () => void {
    const stop = (): void => {
      for (const source of this.#sources.values()) source.stop?.();
    };
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    return () => signal?.removeEventListener('abort', stop);
  }

  status(): { readonly node: string; readonly status: LiveStatus; readonly latency: number }[] {
    const latency = this.#newest;
    return [...this.#sources].flatMap(([node, { status }]) =>
      status ? [{ node, status: status(), latency }] : [],
    );
  }

  /** Sees chunks as they leave the operators; what it returns is to be called when a sink has one in its hands. */
  timed<T>(): { readonly leaving: MonoTypeOperatorFunction<T>; readonly received: () => void } {
    const arrivals: number[] = [];
    return {
      leaving: tap(() => {
        arrivals.push(this.#lastArrival());
        for (const { node, status } of this.status()) {
          const most = Math.max(this.#mostQueued.get(node) ?? 0, status.queued);
          this.#mostQueued.set(node, most);
        }
      }),
      received: () => {
        const arrived = arrivals.shift();
        if (arrived === undefined) return;
        this.#newest = this.#now() - arrived;
        this.#latency.add(this.#newest);
      },
    };
  }

  reports(): LiveReport[] {
    const latency = this.#latency.summary();
    return this.status().map(({ node, status }) => {
      const mostQueued = this.#mostQueued.get(node) ?? 0;
      return { node, status: { ...status, counts: { ...status.counts, mostQueued } }, latency };
    });
  }

  #lastArrival(): number {
    let last = Number.NaN;
    for (const { arrived } of this.#sources.values()) {
      const time = arrived?.() ?? Number.NaN;
      if (!(time <= last)) last = Number.isNaN(time) ? last : time;
    }
    return last;
  }
}
