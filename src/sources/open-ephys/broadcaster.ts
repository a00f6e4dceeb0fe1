import { parseCutJson } from './cut-json.ts';
import {
  type Fields,
  fieldsOf,
  label,
  type ReadMessage,
  type RigMessage,
  rate,
  wholeNumber,
} from './message.ts';

const ttlCode = 0;
const spikeCode = 1;

/** What stands before the data of a binary event, in bytes. */
const ttlHeader = 24;
const spikeHeader = 26;
/** Base types of binary events. */
const processorEvent = 1;
const spikeEvent = 2;
/** A line is one byte, and the GUI shows one more than it holds. */
const lastLine = 255;

/**
 * Reads a message of Open Ephys' Event Broadcaster: two frames, a code of 16 bits (0 TTL, 1 spike), and the event as JSON
 * or as the bytes the GUI itself uses. Lines count from 0 in both and from 1 here. The bytes name no electrode but a
 * channel of spikes by its index, which stands for it, and no sample rate.
 */
export const readBroadcaster: ReadMessage = (frames) => {
  const [head, payload] = frames;
  if (frames.length !== 2 || head.length !== 2 || payload.length === 0) return undefined;
  const code = head[0] | (head[1] << 8);
  if (code !== ttlCode && code !== spikeCode) return undefined;
  const isJson = payload[0] === 0x7b;
  if (isJson) return fromJson(fieldsOf(parseCutJson(payload)), code);
  return code === spikeCode ? spikeFromBytes(payload) : ttlFromBytes(payload);
};

function fromJson(event: Fields, code: number): RigMessage | undefined {
  const sample = wholeNumber(event.sample_number);
  if (sample === undefined) return undefined;
  const time = { sample, sampleRate: rate(event.sample_rate), stream: label(event.stream) };
  if (code === spikeCode && event.event_type === 'spike') {
    const sortedId = wholeNumber(event.sorted_id);
    if (sortedId === undefined || event.electrode === undefined) return undefined;
    return { kind: 'spike', ...time, electrode: label(event.electrode), sortedId };
  }
  if (code !== ttlCode || event.event_type !== 'ttl') return undefined;
  const line = wholeNumber(event.line);
  const isOn = event.state === true || event.state === 1;
  const isOff = event.state === false || event.state === 0;
  if (line === undefined || line > lastLine || !(isOn || isOff)) return undefined;
  return { kind: 'ttl', ...time, line: line + 1, isOn };
}

function spikeFromBytes(bytes: Uint8Array): RigMessage | undefined {
  const view = viewOf(bytes);
  if (view.byteLength < spikeHeader || view.getUint8(0) !== spikeEvent) return undefined;
  const time = timeOf(view);
  if (!time) return undefined;
  const electrode = String(view.getUint16(6, true));
  return { kind: 'spike', ...time, electrode, sortedId: view.getUint16(24, true) };
}

function ttlFromBytes(bytes: Uint8Array): RigMessage | undefined {
  const view = viewOf(bytes);
  if (view.byteLength < ttlHeader + 2 || view.getUint8(0) !== processorEvent) return undefined;
  const time = timeOf(view);
  return time && { kind: 'ttl', ...time, ...readTtlData(view, ttlHeader) };
}

/** Line and state of a TTL event: a byte each, then the word of all lines. */
export function readTtlData(view: DataView, at: number): { line: number; isOn: boolean } {
  return { line: view.getUint8(at) + 1, isOn: view.getUint8(at + 1) !== 0 };
}

function timeOf(view: DataView) {
  const sample = wholeNumber(Number(view.getBigInt64(8, true)));
  if (sample === undefined) return undefined;
  return { sample, sampleRate: undefined, stream: String(view.getUint16(4, true)) };
}

export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
