import { Observable, type OperatorFunction } from 'rxjs';

/**
 * The demand gate: counts what asynchronous stages hold. RxJS pushes and never waits, so the source asks here
 * before it pulls its next chunk, and memory stays bounded by `limit` chunks.
 */
export class Flow {
  readonly limit: number;
  #held = 0;
  #most = 0;
  #waiting: (() => void)[] = [];

  constructor(limit = 2) {
    this.limit = limit;
  }

  /** Chunks now held by asynchronous stages. */
  get held(): number {
    return this.#held;
  }

  /** The most that were ever held. */
  get most(): number {
    return this.#most;
  }

  begin(): void {
    this.#held++;
    this.#most = Math.max(this.#most, this.#held);
  }

  end(): void {
    this.#held--;
    while (this.#held < this.limit) {
      const wake = this.#waiting.shift();
      if (!wake) return;
      wake();
    }
  }

  /** Resolves when another chunk may be pulled; undefined when one may be at once. */
  ready(): Promise<void> | undefined {
    if (this.#held < this.limit) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/**
 * A cold stream over an iterable that is pulled only while the gate allows: each subscription iterates anew, and
 * unsubscribing closes the iterator. Timers and signals get their turn at least every `yieldMs`.
 */
export function fromPull<T>(
  iterate: () => Iterable<T> | AsyncIterable<T>,
  flow: Flow,
  { yieldMs = 2 }: { yieldMs?: number } = {},
): Observable<T> {
  return new Observable((subscriber) => {
    let isClosed = false;
    const iterable = iterate();
    const iterator = isAsync(iterable)
      ? iterable[Symbol.asyncIterator]()
      : iterable[Symbol.iterator]();
    const pull = async (): Promise<void> => {
      let lastYield = performance.now();
      while (!isClosed) {
        const wait = flow.ready();
        if (wait) await wait;
        if (isClosed) break;
        const next = await iterator.next();
        if (isClosed) break;
        if (next.done) {
          subscriber.complete();
          return;
        }
        subscriber.next(next.value);
        if (performance.now() - lastYield > yieldMs) {
          await new Promise((resolve) => setImmediate(resolve));
          lastYield = performance.now();
        }
      }
    };
    pull().catch((error: unknown) => subscriber.error(error));
    return () => {
      isClosed = true;
      Promise.resolve(iterator.return?.()).catch(() => {
        // The subscriber has left: nobody can be told that closing failed.
      });
    };
  });
}

/**
 * An asynchronous stage that keeps order, one item at a time, with all that wait in it counted on the gate.
 */
export function stage<T, R>(flow: Flow, work: (item: T) => Promise<R>): OperatorFunction<T, R> {
  return (source) =>
    new Observable((subscriber) => {
      const queue: T[] = [];
      let isBusy = false;
      let isDone = false;
      let isClosed = false;
      const close = (): void => {
        isClosed = true;
        for (let left = queue.length; left > 0; left--) flow.end();
        queue.length = 0;
      };
      const next = (): void => {
        if (isBusy || isClosed) return;
        const item = queue.shift();
        if (item === undefined) {
          if (isDone) subscriber.complete();
          return;
        }
        isBusy = true;
        work(item).then(
          (result) => {
            isBusy = false;
            flow.end();
            if (isClosed) return;
            subscriber.next(result);
            next();
          },
          (error: unknown) => {
            flow.end();
            close();
            subscriber.error(error);
          },
        );
      };
      const subscription = source.subscribe({
        next: (item) => {
          flow.begin();
          queue.push(item);
          next();
        },
        error: (error: unknown) => {
          close();
          subscriber.error(error);
        },
        complete: () => {
          isDone = true;
          next();
        },
      });
      return () => {
        close();
        subscription.unsubscribe();
      };
    });
}

function isAsync<T>(iterable: Iterable<T> | AsyncIterable<T>): iterable is AsyncIterable<T> {
  return Symbol.asyncIterator in iterable;
}
