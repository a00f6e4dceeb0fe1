import { readTtlData, viewOf } from './broadcaster.ts';
import { parseCutJson } from './cut-json.ts';
import {
  type Fields,
  fieldsOf,
  label,
  type ReadMessage,
  type RigMessage,
  type RigOther,
  rate,
  wholeNumber,
} from './message.ts';

const ttlType = 3;

/**
 * Reads a message of Open Ephys' ZMQ Interface: an envelope that ends with a NUL (`EVENT`, `DATA`), a header as JSON, and
 * bytes. Spikes stand under the key `spike`, events and samples under `content`. The length of the header is taken from
 * its characters, so that names beyond ASCII cut it short. Blocks of samples say the sample rate, spikes do not; their
 * samples are not looked at.
 */
export const readZmqInterface: ReadMessage = (frames) => {
  const [envelope, header, data] = frames;
  if (frames.length < 2 || frames.length > 3) return undefined;
  const name = new TextDecoder().decode(envelope).replace(/\0+$/, '');
  if (name !== 'EVENT' && name !== 'DATA') return undefined;
  const fields = fieldsOf(parseCutJson(header));
  const number = wholeNumber(fields.message_num);
  if (name === 'DATA') return fields.type === 'data' ? readData(fields, number) : undefined;
  if (fields.type === 'spike') return readSpike(fieldsOf(fields.spike), number);
  if (fields.type === 'event') return readEvent(fieldsOf(fields.content), number, data);
  // Parameters and what later versions may add.
  return typeof fields.type === 'string' ? { kind: 'other', number } : undefined;
};

function readSpike(spike: Fields, number: number | undefined): RigMessage | undefined {
  const sample = wholeNumber(spike.sample_num);
  const sortedId = wholeNumber(spike.sorted_id);
  if (sample === undefined || sortedId === undefined || spike.electrode === undefined) {
    return undefined;
  }
  const electrode = label(spike.electrode);
  const stream = label(spike.stream);
  return { kind: 'spike', sample, sampleRate: undefined, stream, number, electrode, sortedId };
}

function readEvent(
  event: Fields,
  number: number | undefined,
  data: Uint8Array | undefined,
): RigMessage | RigOther | undefined {
  const sample = wholeNumber(event.sample_num);
  if (sample === undefined) return undefined;
  const time = { sample, sampleRate: undefined, stream: label(event.stream), number };
  if (event.type !== ttlType || data === undefined) return { kind: 'other', number };
  if (data.byteLength < 2) return undefined;
  return { kind: 'ttl', ...time, ...readTtlData(viewOf(data), 0) };
}

function readData(fields: Fields, number: number | undefined): RigMessage | undefined {
  const content = fieldsOf(fields.content);
  const first = wholeNumber(content.sample_num);
  const nSamples = wholeNumber(content.num_samples);
  if (first === undefined || nSamples === undefined) return undefined;
  const sampleRate = rate(content.sample_rate);
  // What follows begins behind the block.
  const sample = first + nSamples;
  return { kind: 'clock', sample, sampleRate, stream: label(content.stream), number };
}
