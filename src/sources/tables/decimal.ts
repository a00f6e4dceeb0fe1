const [plus, minus, point, zero] = [0x2b, 0x2d, 0x2e, 0x30];
const [upperE, lowerE] = [0x45, 0x65];

/** Whole numbers up to this one stay below 2^53 when a digit is put behind them. */
const maxMantissa = 900_719_925_474_098;

/** The powers of ten that a double holds exactly. */
const powers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

const plainNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The value of a decimal number, as `Number` has it; NaN for any other text, such as `0x1F`, `1,5` or nothing. */
export function parseDecimal(text: string): number {
  return plainNumber.test(text) ? Number(text) : Number.NaN;
}

/** Reads decimal numbers from bytes; the value is that of `Number` over the same text. */
export class DecimalReader {
  /** The byte behind the number that was read last. */
  at = 0;

  /**
   * The number that starts at byte `from`; NaN where none does. It may go on behind `end`, so it is whole only if
   * another byte follows it there.
   */
  read(bytes: Buffer, from: number, end: number): number {
    let at = from;
    const isNegative = bytes[at] === minus;
    if (isNegative) at++;
    let mantissa = 0;
    let firstDecimal = 0;
    for (; at < end; at++) {
      const digit = bytes[at] - zero;
      if (digit >= 0 && digit <= 9) {
        if (mantissa > maxMantissa) return this.#readText(bytes, from, end);
        mantissa = mantissa * 10 + digit;
      } else if (bytes[at] === point && firstDecimal === 0) firstDecimal = at + 1;
      else break;
    }
    const nDecimals = firstDecimal === 0 ? 0 : at - firstDecimal;
    const isBare = at - from - (isNegative ? 1 : 0) - (firstDecimal === 0 ? 0 : 1) === 0;
    const isFurther = bytes[at] === upperE || bytes[at] === lowerE || bytes[at] === plus;
    if (isBare || nDecimals >= powers.length || (isFurther && at < end)) {
      return this.#readText(bytes, from, end);
    }
    this.at = at;
    // One division of two numbers that are exact is rounded as the decimal itself would be.
    const value = nDecimals === 0 ? mantissa : mantissa / powers[nDecimals];
    return isNegative ? -value : value;
  }

  /** Numbers with an exponent, or with more digits than a double counts. */
  #readText(bytes: Buffer, from: number, end: number): number {
    let at = from;
    while (at < end && isNumberByte(bytes[at])) at++;
    this.at = at;
    return at === from ? Number.NaN : Number(bytes.toString('latin1', from, at));
  }
}

function isNumberByte(byte: number): boolean {
  const isDigit = byte >= zero && byte <= zero + 9;
  return (
    isDigit ||
    byte === point ||
    byte === minus ||
    byte === plus ||
    byte === lowerE ||
    byte === upperE
  );
}
