import { InputError, show } from '../../errors.ts';
import { type OpenTable, placeOf, type TableFile } from './table-file.ts';

/** Bytes of a line, its end included, at most. */
export const maxLine = 1 << 20;
const blockSize = 1 << 20;
const [space, quote, carriageReturn, lineFeed] = [0x20, 0x22, 0x0d, 0x0a];
const byteOrderMark = [0xef, 0xbb, 0xbf];
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a CSV file from its start to its end: fields apart by one delimiter, quoted as RFC 4180 says, lines ended by LF or
 * CRLF. Spaces around an unquoted field do not belong to it; empty lines are passed over. Memory: at most 2 MiB.
 */
export class CsvCursor {
  /** Bytes `at` to `end` are read and not yet consumed. */
  readonly bytes: Buffer;
  at = 0;
  end = 0;
  /** The line that starts at `at`. */
  line = 1;
  /** The line on which the last record began. */
  recordLine = 1;
  delimiter = 0x2c;
  /** Whether the last line ends as every other does. */
  endsWithLine = true;
  #table: OpenTable;
  #signal: AbortSignal | undefined;
  #blockSize: number;
  #isAtEnd = false;

  constructor(table: OpenTable, signal?: AbortSignal) {
    const { size } = table.stamp;
    this.#table = table;
    this.#signal = signal;
    this.#blockSize = Math.min(blockSize, size + 1);
    this.bytes = Buffer.allocUnsafeSlow(Math.min(maxLine, size) + this.#blockSize);
  }

  get file(): TableFile {
    return this.#table.file;
  }

  /** Reads on in the file; false when there is nothing left. To be called when `next` finds no whole record. */
  async fill(): Promise<boolean> {
    this.#signal?.throwIfAborted();
    if (this.#isAtEnd) return false;
    const isStart = this.line === 1 && this.at === 0 && this.end === 0;
    const nLeft = this.end - this.at;
    if (nLeft > maxLine) throw this.#tooLong(this.line);
    this.bytes.copyWithin(0, this.at, this.end);
    const nRead = await this.#table.readNext(this.bytes.subarray(nLeft, nLeft + this.#blockSize));
    this.at = 0;
    this.end = nLeft + nRead;
    this.#isAtEnd = nRead < this.#blockSize;
    if (this.#isAtEnd && this.end > 0) this.endsWithLine = this.bytes[this.end - 1] === lineFeed;
    if (isStart && byteOrderMark.every((byte, i) => this.end > i && this.bytes[i] === byte)) {
      this.at = byteOrderMark.length;
    }
    return true;
  }

  /**
   * The fields of the next record; undefined when no whole one has been read, or there is none left.
   * @throws InputError when it is not CSV
   */
  next(): string[] | undefined {
    for (;;) {
      if (this.at >= this.end) return undefined;
      const [from, fields] = [this.at, this.#parse()];
      if (fields === undefined) return undefined;
      if (this.at - from > maxLine) throw this.#tooLong(this.recordLine);
      if (fields.length > 1 || fields[0] !== '') return fields;
    }
  }

  /** The text of the first line ahead that is not empty; undefined when it has not been read whole. */
  peek(): string | undefined {
    const ahead = this.bytes.subarray(0, this.end);
    for (let from = this.at; ; ) {
      const end = ahead.indexOf(lineFeed, from);
      if (end < 0 && !this.#isAtEnd) return undefined;
      const text = ahead.toString('utf8', from, end < 0 ? this.end : end).trim();
      if (text !== '' || end < 0) return text;
      from = end + 1;
    }
  }

  #parse(): string[] | undefined {
    const { bytes, end, delimiter } = this;
    const fields: string[] = [];
    let at = this.at;
    let nLines = 1;
    for (;;) {
      let from = at;
      while (from < end && bytes[from] === space) from++;
      if (bytes[from] === quote && from < end) {
        const close = this.#closingQuote(from + 1);
        if (close === undefined) return undefined;
        for (let i = from; i < close; i++) if (bytes[i] === lineFeed) nLines++;
        fields.push(this.#decode(from + 1, close).replaceAll('""', '"'));
        at = close + 1;
        while (at < end && (bytes[at] === space || bytes[at] === carriageReturn)) at++;
        if (at < end && bytes[at] !== delimiter && bytes[at] !== lineFeed) {
          throw this.#error(
            'CSV_QUOTE',
            'text behind a closing quote',
            'a delimiter or a new line',
          );
        }
      } else {
        while (at < end && bytes[at] !== delimiter && bytes[at] !== lineFeed) at++;
        if (at >= end && !this.#isAtEnd) return undefined;
        const isCrLf = (at >= end || bytes[at] === lineFeed) && bytes[at - 1] === carriageReturn;
        const text = this.#decode(from, isCrLf && at > from ? at - 1 : at);
        if (text.includes('\r')) {
          const found = 'a carriage return without a line feed';
          throw this.#error('CSV_LINE_END', found, 'lines that end with LF or CRLF');
        }
        fields.push(text.trim());
      }
      if (at >= end && !this.#isAtEnd) return undefined;
      const isEndOfLine = at >= end || bytes[at] === lineFeed;
      if (at < end) at++;
      if (!isEndOfLine) continue;
      this.at = at;
      this.recordLine = this.line;
      this.line += nLines;
      return fields;
    }
  }

  /** Undefined when it has not been read yet. */
  #closingQuote(from: number): number | undefined {
    const { bytes, end } = this;
    for (let at = from; at < end; at++) {
      if (bytes[at] !== quote) continue;
      if (at + 1 >= end && !this.#isAtEnd) return undefined;
      if (at + 1 >= end || bytes[at + 1] !== quote) return at;
      at++;
    }
    if (!this.#isAtEnd) return undefined;
    throw this.#error('CSV_QUOTE', 'a quote that nothing closes', 'a closing quote');
  }

  #decode(from: number, to: number): string {
    const bytes = this.bytes.subarray(from, to);
    if (bytes.includes(0)) {
      const hint = 'a file that was cut short or is not text has such bytes; save text as UTF-8';
      throw this.#error('CSV_NUL', 'a NUL byte', 'text in UTF-8', hint);
    }
    try {
      return decoder.decode(bytes);
    } catch {
      throw this.#error('CSV_ENCODING', show(bytes.toString('latin1')), 'text in UTF-8');
    }
  }

  #tooLong(at: number): InputError {
    const hint = 'a quote that is not closed makes such lines, and so do files that are not text';
    return new InputError({
      code: 'CSV_LINE_TOO_LONG',
      where: placeOf(this.file, at),
      found: 'a longer line',
      expected: `at most ${maxLine} bytes`,
      hint,
    });
  }

  #error(code: string, found: string, expected: string, hint?: string): InputError {
    const where = placeOf(this.file, this.line);
    return new InputError({ code, where, found, expected, ...(hint ? { hint } : {}) });
  }
}
