import { type Trail, truncated } from './trail.ts';

/** A computation that pauses whenever it needs bytes which have not arrived yet. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Runs `steps` to their end; `refill` is awaited only where they pause. */
export async function runSteps<T>(steps: Steps<T>, refill: () => Promise<void>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await refill();
  }
}

/** The bytes that have arrived and are not yet consumed, chunk by chunk; nothing is kept longer. */
export class ByteWindow {
  readonly trail: Trail;
  /** Bytes consumed so far. */
  position = 0;
  /** Bytes that can be consumed at once. */
  available = 0;
  #chunks: Uint8Array[] = [];
  #offset = 0;
  #isEnded = false;

  constructor(trail: Trail) {
    this.trail = trail;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.available += chunk.length;
  }

  /** No more bytes will come. */
  end(): void {
    this.#isEnded = true;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The next `n` bytes in one piece. Meant for small `n`: what spans chunks is copied. */
  *take(n: number): Steps<Uint8Array> {
    while (this.available < n) yield* this.#pause(n);
    const chunk = this.#chunks[0];
    if (chunk !== undefined && chunk.length - this.#offset >= n) {
      const bytes = chunk.subarray(this.#offset, this.#offset + n);
      this.#advance(n);
      return bytes;
    }
    const bytes = new Uint8Array(n);
    yield* this.fill(bytes);
    return bytes;
  }

  /** Copies the next bytes into all of `target`. */
  *fill(target: Uint8Array): Steps<void> {
    for (let at = 0; at < target.length; ) {
      const piece = this.takeAvailable(target.length - at);
      if (piece.length === 0) yield* this.#pause(target.length - at);
      target.set(piece, at);
      at += piece.length;
    }
  }

  *skip(n: number): Steps<void> {
    for (let left = n; left > 0; ) {
      const { length } = this.takeAvailable(left);
      if (length === 0) yield* this.#pause(left);
      left -= length;
    }
  }

  /** At most `n` bytes in one piece, without waiting; empty when none have arrived. */
  takeAvailable(n: number): Uint8Array {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return new Uint8Array(0);
    const bytes = chunk.subarray(this.#offset, this.#offset + n);
    this.#advance(bytes.length);
    return bytes;
  }

  *#pause(needed: number): Steps<void> {
    if (this.#isEnded) throw truncated(this.trail, this.position, needed - this.available);
    yield;
  }

  /** Consumes `n` bytes of the first chunk. */
  #advance(n: number): void {
    this.position += n;
    this.available -= n;
    this.#offset += n;
    if (this.#offset === this.#chunks[0]?.length) {
      this.#chunks.shift();
      this.#offset = 0;
    }
  }
}
