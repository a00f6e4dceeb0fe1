import { createInflate, type Inflate } from 'node:zlib';

const options = { chunkSize: 1 << 19, readableHighWaterMark: 1 << 20 };

/**
 * Inflates pieces of a zlib stream one after the other. zlib works on its own thread, at most about a megabyte
 * ahead of the reader, and the next piece is fetched meanwhile.
 */
export class Inflater {
  #inflate: Inflate = createInflate(options);
  #compressed: () => Promise<Uint8Array | undefined>;
  #pumping: Promise<void> | undefined;
  #isClosed = false;
  #isEnded = false;
  #error: unknown;
  #wake: () => void = () => {};
  #release: () => void = () => {};

  /** @param compressed the next piece of the compressed stream, undefined after the last */
  constructor(compressed: () => Promise<Uint8Array | undefined>) {
    this.#compressed = compressed;
    this.#inflate.on('readable', () => this.#wake());
    this.#inflate.on('end', () => {
      this.#isEnded = true;
      this.#wake();
    });
    this.#inflate.on('error', (error) => this.#fail(error));
    // A piece that it fails on is never said to be taken.
    this.#inflate.on('close', () => this.#release());
  }

  /**
   * The next inflated bytes; undefined at the end, when the checksum was right.
   * @throws what zlib says of garbled data, and what fetching pieces has failed with
   */
  async next(): Promise<Uint8Array | undefined> {
    this.#pumping ??= this.#pump().catch((error) => this.#fail(error));
    for (;;) {
      if (this.#error !== undefined) throw this.#error;
      const bytes: Uint8Array | null = this.#inflate.read();
      if (bytes !== null) return bytes;
      if (this.#isEnded) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Stops early; what is left of the compressed stream is not asked for once this has resolved. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#inflate.destroy();
    await this.#pumping;
  }

  #isGoingOn(): boolean {
    return !this.#isClosed && this.#error === undefined;
  }

  #fail(error: unknown): void {
    this.#error ??= error;
    this.#wake();
  }

  async #pump(): Promise<void> {
    let piece = await this.#compressed();
    while (piece !== undefined && this.#isGoingOn()) {
      const taken = this.#write(piece);
      // Should it fail, that is told when its turn comes.
      const next = this.#compressed();
      next.catch(() => undefined);
      await taken;
      piece = await next;
    }
    if (this.#isGoingOn()) this.#inflate.end();
  }

  /** Resolves when the stream has taken the piece, or is destroyed. */
  #write(piece: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#release = resolve;
      this.#inflate.write(piece, () => resolve());
    });
  }
}
