import { compress, decompress, init } from '@bokuweb/zstd-wasm';

let ready: Promise<void> | undefined;

/** The WebAssembly module is set up once per process; it holds no state between calls, so all may share it. */
async function open(): Promise<void> {
  ready ??= init();
  await ready;
}

/** A zstd compressor of the given level (1 is the fastest). */
export async function openZstd(level: number): Promise<(bytes: Uint8Array) => Uint8Array> {
  await open();
  return (bytes) => compress(bytes, level);
}

/** Undoes zstd; undefined for what it leaves to another decoder. Throws an Error for bytes that are damaged. */
export type Unzstd = (bytes: Uint8Array, length: number) => Uint8Array | undefined;

/** What is decoded at once at most: the module makes room for it that is never given back. */
const mostBytes = 16 * 2 ** 20;

/**
 * A zstd decoder for data of a known length, up to 16 MiB in one frame that says the same. The module takes a frame's word
 * for its length, and room that is not there for room: so what does not say it, or says another, never comes to it.
 */
export async function openUnzstd(): Promise<Unzstd> {
  await open();
  return (bytes, length) => {
    const isPlain = length > 0 && length <= mostBytes && bytes.length <= mostBytes;
    if (!isPlain || contentSize(bytes) !== length) return undefined;
    try {
      return decompress(bytes);
    } catch (cause) {
      // The module's own words are those of its compressor.
      throw new Error('zstd data that cannot be decoded', { cause });
    }
  };
}

const magic = 0xfd2fb528;

/**
 * How many bytes a frame says it holds; undefined where it does not, or this is no frame.
 * Source: RFC 8878, section 3.1.1.1
 */
function contentSize(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The longest header has 18 bytes, the shortest frame of those that are of use here is not much longer.
  if (bytes.length < 18 || view.getUint32(0, true) !== magic) return undefined;
  const descriptor = bytes[4];
  const isOneSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3];
  const at = 5 + (isOneSegment ? 0 : 1) + dictionaryBytes;
  switch (descriptor >> 6) {
    case 0:
      return isOneSegment ? bytes[at] : undefined;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}
