import { compress, init } from '@bokuweb/zstd-wasm';

let ready: Promise<void> | undefined;

/**
 * A zstd compressor of the given level (1 is the fastest). The WebAssembly module is set up once per process; it holds
 * no state between calls, so graphs may share it.
 */
export async function openZstd(level: number): Promise<(bytes: Uint8Array) => Uint8Array> {
  ready ??= init();
  await ready;
  return (bytes) => compress(bytes, level);
}
