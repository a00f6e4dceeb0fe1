import { MessageChannel } from 'node:worker_threads';

/** Less is not worth a call. */
const leastBytes = 64 * 1024;

let nowhere: MessageChannel['port1'] | undefined;

/**
 * Frees the memory that these bytes are all of, which are gone then; left to V8, as much as 32 MB of such arrays wait to be
 * found unused. Parts of larger memory, shared memory and small ones stay as they are.
 */
export function freeMemory({ buffer, byteLength }: Uint8Array): void {
  const isOwn = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  if (!isOwn || byteLength < leastBytes) return;
  nowhere ??= portToNowhere();
  nowhere.postMessage(undefined, [buffer]);
}

/** What is sent there is dropped at once. */
function portToNowhere(): MessageChannel['port1'] {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.unref();
  return port1;
}
