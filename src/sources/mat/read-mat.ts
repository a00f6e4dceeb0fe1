import { didYouMean, InputError, show } from '../../errors.ts';
import { ByteWindow, runSteps, type Steps } from './byte-window.ts';
import { type Budget, type ElementReader, mi, readTag, type Tag } from './elements.ts';
import { readFormat } from './format.ts';
import { HashedFile } from './hashed-file.ts';
import { Inflater } from './inflater.ts';
import { readMatrixData, readMatrixHeader } from './matrix.ts';
import { faultAt, truncated } from './trail.ts';
import { type MatValue, type Selection, selectFields } from './values.ts';

export const defaultMaxBytes = 2 ** 32;
const maxValues = 1 << 22;
/** Deflate makes its input at most 1032 times longer. */
const maxInflation = 1032;

export interface MatOptions {
  /** The variable to read. */
  readonly variable: string;
  /** Dotted paths of the fields to decode, such as `spikes.times`; all by default. */
  readonly fields?: readonly string[];
  /** How much the file may inflate and decode to; 4 GiB by default. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface MatFile {
  readonly value: MatValue;
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Reads one variable of a MATLAB v5 file (saved with -v6 or -v7), or some fields of it; what is not wanted is skipped
 * without decoding. The file is read once, from start to end.
 * Memory: the values asked for and about two megabytes.
 * @throws InputError when the file cannot be read, is of another version, garbled or cut short, lacks the variable, or
 *   holds more than `maxBytes`
 */
export async function readMat(path: string, options: MatOptions): Promise<MatFile> {
  const file = await HashedFile.open(path);
  try {
    const value = await new MatReader(file, options).read();
    return { value, sha256: file.digest(), bytes: file.size };
  } finally {
    await file.close();
  }
}

class MatReader {
  #file: HashedFile;
  #variable: string;
  #selection: Selection;
  #maxBytes: number;
  #inflated = 0;
  #budget: Budget;
  #signal: AbortSignal | undefined;
  #outer: ByteWindow;
  #refill = async () => {
    this.#signal?.throwIfAborted();
    const chunk = await this.#file.read();
    if (chunk === undefined) this.#outer.end();
    else this.#outer.push(chunk);
  };

  constructor(file: HashedFile, options: MatOptions) {
    const { variable, fields, maxBytes = defaultMaxBytes, signal } = options;
    this.#file = file;
    this.#variable = variable;
    this.#selection = selectFields(fields);
    this.#maxBytes = maxBytes;
    this.#budget = { bytes: maxBytes, values: maxValues };
    this.#signal = signal;
    this.#outer = new ByteWindow({ file: file.path, path: [], isInflated: false });
  }

  async read(): Promise<MatValue> {
    const { path, size } = this.#file;
    const { isBigEndian } = await this.#run(readFormat(this.#outer));
    const reader = { window: this.#outer, isBigEndian, budget: this.#budget };
    const names: string[] = [];
    let value: MatValue | undefined;
    while (this.#outer.position < size) {
      const tag = await this.#run(readTag(reader, Number.POSITIVE_INFINITY));
      const { trail, position } = this.#outer;
      const end = position + (tag.packed === undefined ? tag.size : 0);
      if (end > size) throw truncated(trail, position, end - size);
      if (tag.type !== mi.matrix && tag.type !== mi.compressed) {
        throw faultAt(trail, position, {
          found: `an element of type ${tag.type}`,
          expected: 'a matrix',
        });
      }
      if (value === undefined) {
        const steps = (inner: ElementReader, end: number) => this.#readVariable(inner, end, names);
        if (tag.type === mi.matrix) value = await this.#run(steps(reader, end));
        else value = await this.#inflate(reader, tag, steps);
      }
      await this.#run(this.#outer.skip(end - this.#outer.position));
    }
    while (!this.#outer.isEnded) {
      await this.#refill();
      this.#outer.takeAvailable(Number.POSITIVE_INFINITY);
    }
    if (value !== undefined) return value;
    throw new InputError({
      code: 'VARIABLE_MISSING',
      where: path,
      found: `${names.length === 0 ? 'no variables' : `variables ${show(names.join(', '))}`}`,
      expected: `a variable ${this.#variable}`,
      hint: didYouMean(this.#variable, names),
    });
  }

  /** The value of the matrix whose tag was just read, when it is the variable wanted. */
  *#readVariable(reader: ElementReader, end: number, names: string[]): Steps<MatValue | undefined> {
    if (end === reader.window.position) return undefined;
    const header = yield* readMatrixHeader(reader, end);
    names.push(header.name);
    if (header.name !== this.#variable) return undefined;
    const { path } = reader.window.trail;
    path.push(header.name);
    const value = yield* readMatrixData(reader, header, end, this.#selection, 0);
    path.pop();
    return value;
  }

  /** Reads the variable that a compressed element holds. */
  async #inflate(
    outer: ElementReader,
    { size }: Tag,
    steps: (reader: ElementReader, end: number) => Steps<MatValue | undefined>,
  ): Promise<MatValue | undefined> {
    let left = size;
    const inflater = new Inflater(async () => {
      if (left === 0) return undefined;
      while (this.#outer.available === 0) {
        if (this.#outer.isEnded) throw truncated(this.#outer.trail, this.#outer.position, left);
        await this.#refill();
      }
      const piece = this.#outer.takeAvailable(left);
      left -= piece.length;
      return piece;
    });
    const trail = { file: this.#file.path, path: [], isInflated: true };
    const window = new ByteWindow(trail);
    const refill = async () => {
      const bytes = await this.#nextInflated(inflater, window);
      if (bytes === undefined) window.end();
      else window.push(bytes);
    };
    try {
      const reader = { ...outer, window };
      const tag = await runSteps(readTag(reader, size * maxInflation), refill);
      if (tag.type !== mi.matrix) return undefined;
      const value = await runSteps(steps(reader, window.position + tag.size), refill);
      // The checksum stands at the very end.
      while (value !== undefined && !window.isEnded) {
        await refill();
        window.takeAvailable(Number.POSITIVE_INFINITY);
      }
      return value;
    } finally {
      await inflater.close();
    }
  }

  async #nextInflated(inflater: Inflater, window: ByteWindow): Promise<Uint8Array | undefined> {
    try {
      const bytes = await inflater.next();
      this.#inflated += bytes?.length ?? 0;
      if (this.#inflated <= this.#maxBytes) return bytes;
    } catch (cause) {
      if (cause instanceof InputError || this.#signal?.aborted) throw cause;
      const found = `compressed data that zlib refuses: ${cause instanceof Error ? cause.message : cause}`;
      throw faultAt(window.trail, window.position, { found, cause });
    }
    throw faultAt(window.trail, window.position, {
      code: 'MAT_TOO_LARGE',
      found: 'a file that inflates to more than the limit',
      expected: `at most ${this.#maxBytes} bytes`,
      hint: 'if the file is trustworthy, raise maxBytes',
    });
  }

  #run<T>(steps: Steps<T>): Promise<T> {
    return runSteps(steps, this.#refill);
  }
}
