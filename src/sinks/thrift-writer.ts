/** Codes of types in the compact protocol, by those that the structures' own code names. */
const compactTypes: readonly number[] = (() => {
  const [bool, byte, double, i16, i32, i64, binary, struct, list] = [2, 3, 4, 6, 8, 10, 11, 12, 15];
  const codes: number[] = [];
  for (const [type, code] of [
    [bool, 1],
    [byte, 3],
    [i16, 4],
    [i32, 5],
    [i64, 6],
    [double, 7],
    [binary, 8],
    [list, 9],
    [struct, 12],
  ]) {
    codes[type] = code;
  }
  return codes;
})();
const boolType = 2;
const trueCode = 1;
const falseCode = 2;

/** Bytes of room that are kept for the next structure. */
const mostKept = 1 << 16;

/**
 * Writes Thrift structures in the compact protocol, as far as Parquet's need it: what their generated code calls. The
 * package's own writer makes a buffer of each byte, which for the footers of a long file takes longer than to compress a
 * row group.
 * Source: Thrift compact protocol, https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export class ThriftWriter {
  /** Takes bytes that are encoded already. */
  readonly trans = { write: (bytes: Uint8Array): void => this.#raw(bytes) };
  #bytes = Buffer.allocUnsafe(1024);
  #length = 0;
  /** Number of the field written last, in the open structure and those around it. */
  #last = 0;
  readonly #outer: number[] = [];
  /** Number of a field whose value is in its header. */
  #boolField: number | undefined;

  /** What was written: bytes that nothing else uses. The writer begins anew, with the room it has while that is small. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.reset();
    return taken;
  }

  reset(): void {
    if (this.#bytes.length > mostKept) this.#bytes = Buffer.allocUnsafe(1024);
    this.#length = 0;
    this.#last = 0;
    this.#outer.length = 0;
    this.#boolField = undefined;
  }

  writeStructBegin(): void {
    this.#outer.push(this.#last);
    this.#last = 0;
  }

  writeStructEnd(): void {
    this.#last = this.#outer.pop() ?? 0;
  }

  writeFieldBegin(_name: string, type: number, id: number): void {
    if (type === boolType) this.#boolField = id;
    else this.#header(compactTypes[type], id);
  }

  writeFieldEnd(): void {}

  writeFieldStop(): void {
    this.#byte(0);
  }

  writeListBegin(type: number, size: number): void {
    if (size < 15) this.#byte((size << 4) | compactTypes[type]);
    else {
      this.#byte(0xf0 | compactTypes[type]);
      this.#varint(size);
    }
  }

  writeListEnd(): void {}

  writeBool(value: boolean): void {
    const code = value ? trueCode : falseCode;
    if (this.#boolField === undefined) this.#byte(code);
    else this.#header(code, this.#boolField);
    this.#boolField = undefined;
  }

  writeByte(value: number): void {
    this.#byte(value & 0xff);
  }

  writeI16(value: number): void {
    this.#zigzag(value);
  }

  writeI32(value: number): void {
    this.#zigzag(value);
  }

  /** @param value a whole number of at most 53 bits */
  writeI64(value: number): void {
    this.#zigzag(value);
  }

  writeString(value: string | Uint8Array): void {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    this.#varint(bytes.length);
    this.#raw(bytes);
  }

  /** Fields that follow each other closely take one byte. */
  #header(code: number, id: number): void {
    const step = id - this.#last;
    if (step > 0 && step <= 15) this.#byte((step << 4) | code);
    else {
      this.#byte(code);
      this.#zigzag(id);
    }
    this.#last = id;
  }

  /** Signs in the lowest bit, then seven bits a byte, the lowest first: in arithmetic that does not end at 32 bits. */
  #zigzag(value: number): void {
    const size = value < 0 ? -(value + 1) : value;
    const rest = Math.floor(size / 64);
    const low = ((size % 64) << 1) | (value < 0 ? 1 : 0);
    this.#byte(rest > 0 ? low | 0x80 : low);
    if (rest > 0) this.#varint(rest);
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.#byte((rest % 128) | 0x80);
    this.#byte(rest);
  }

  #byte(value: number): void {
    this.#makeRoom(1);
    this.#bytes[this.#length++] = value;
  }

  #raw(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #makeRoom(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#length + more));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
