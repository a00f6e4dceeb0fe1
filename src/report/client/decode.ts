import type { PackedNumbers } from '../page-data.ts';

function bytesOf(packed: PackedNumbers): ArrayBuffer {
  const text = atob(packed);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}

export function decodeFloat64(packed: PackedNumbers): Float64Array {
  return new Float64Array(bytesOf(packed));
}

export function decodeFloat32(packed: PackedNumbers): Float32Array {
  return new Float32Array(bytesOf(packed));
}

export function decodeInt32(packed: PackedNumbers): Int32Array {
  return new Int32Array(bytesOf(packed));
}

export function decodeInt16(packed: PackedNumbers): Int16Array {
  return new Int16Array(bytesOf(packed));
}

export function decodeUint16(packed: PackedNumbers): Uint16Array {
  return new Uint16Array(bytesOf(packed));
}

export function decodeUint8(packed: PackedNumbers): Uint8Array {
  return new Uint8Array(bytesOf(packed));
}

/** First index whose value is not below `value`. */
export function firstFrom(sorted: ArrayLike<number>, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
