/** The same value with its typed arrays in memory that threads share, so that it crosses to each without a copy. */
export function shareArrays(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return isArray(value) ? shareArray(value) : value;
  if (Array.isArray(value)) return value.map(shareArrays);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shareArrays(part)]));
}

type NumberArray = Float64Array | Int32Array | Uint8Array;

function isArray(view: ArrayBufferView): view is NumberArray {
  return view instanceof Float64Array || view instanceof Int32Array || view instanceof Uint8Array;
}

function shareArray(array: NumberArray): NumberArray {
  const memory = new SharedArrayBuffer(array.byteLength);
  new Uint8Array(memory).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  if (array instanceof Float64Array) return new Float64Array(memory);
  return array instanceof Int32Array ? new Int32Array(memory) : new Uint8Array(memory);
}
