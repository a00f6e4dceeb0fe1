import { createInflate, type Inflate } from 'node:zlib';

const options = { chunkSize: 1 << 18, readableHighWaterMark: 1 << 20 };

/**
 * Inflates pieces of a zlib stream one after the other. zlib works on its own thread, at most about a megabyte
 * ahead of the reader.
 */
export class Inflater {
  #inflate: Inflate = createInflate(options);
  #compressed: () => Promise<Uint8Array | undefined>;
  #isWriting = false;
  #isEnded = false;
  #error: Error | undefined;
  #wake: () => void = () => {};

  /** @param compressed the next piece of the compressed stream, undefined after the last */
  constructor(compressed: () => Promise<Uint8Array | undefined>) {
    this.#compressed = compressed;
    this.#inflate.on('readable', () => this.#wake());
    this.#inflate.on('end', () => {
      this.#isEnded = true;
      this.#wake();
    });
    this.#inflate.on('error', (error) => {
      this.#error = error;
      this.#wake();
    });
  }

  /**
   * The next inflated bytes; undefined at the end, when the checksum was right.
   * @throws what zlib says of garbled data
   */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#error) throw this.#error;
      const bytes: Uint8Array | null = this.#inflate.read();
      if (bytes !== null) return bytes;
      if (this.#isEnded) return undefined;
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      if (!this.#isWriting) await this.#feed();
      await woken;
    }
  }

  /** Stops early; what is left of the compressed stream is not asked for. */
  close(): void {
    this.#inflate.destroy();
  }

  async #feed(): Promise<void> {
    this.#isWriting = true;
    const piece = await this.#compressed();
    if (piece === undefined) this.#inflate.end();
    else {
      this.#inflate.write(piece, () => {
        this.#isWriting = false;
        this.#wake();
      });
    }
  }
}
