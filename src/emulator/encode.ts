/** What the emulated rig has to tell; sample numbers count from the start of its acquisition. */
export type RigEvent =
  | {
      readonly kind: 'spike';
      readonly sample: number;
      readonly electrode: number;
      readonly sortedId: number;
    }
  | { readonly kind: 'ttl'; readonly sample: number; readonly line: number; readonly isOn: boolean }
  | { readonly kind: 'samples'; readonly sample: number; readonly nSamples: number };

/** What all messages of a rig share. */
export interface Rig {
  readonly sampleRate: number;
  readonly stream: string;
}

export const formats = ['broadcaster', 'broadcaster-raw', 'zmq-interface'] as const;
export type Format = (typeof formats)[number];

/** Frames of a message; undefined where the format has no message for such an event. */
export type Encode = (event: RigEvent, rig: Rig, number: number) => Buffer[] | undefined;

const sourceNode = 101;
const nChannels = 4;
const nWaveformSamples = 40;
const threshold = 50;

export const encoders: Readonly<Record<Format, Encode>> = {
  broadcaster: (event, rig) => {
    const common = { stream: rig.stream, source_node: sourceNode, sample_rate: rig.sampleRate };
    if (event.kind === 'spike') {
      const amplitudes = Object.fromEntries(
        Array.from({ length: nChannels }, (_, i) => [`amp${i + 1}`, 80 + i]),
      );
      const body = {
        event_type: 'spike',
        ...common,
        electrode: electrodeName(event.electrode),
        num_channels: nChannels,
        sample_number: event.sample,
        sorted_id: event.sortedId,
        ...amplitudes,
      };
      return [code(1), Buffer.from(JSON.stringify(body))];
    }
    if (event.kind !== 'ttl') return undefined;
    const body = {
      event_type: 'ttl',
      ...common,
      channel_name: 'TTL',
      sample_number: event.sample,
      line: event.line - 1,
      state: event.isOn,
    };
    return [code(0), Buffer.from(JSON.stringify(body))];
  },

  'broadcaster-raw': (event, rig) => {
    if (event.kind === 'samples') return undefined;
    const isSpike = event.kind === 'spike';
    const header = Buffer.alloc(24);
    header.writeUInt8(isSpike ? 2 : 1, 0);
    header.writeUInt8(isSpike ? 3 : 3, 1);
    header.writeUInt16LE(sourceNode, 2);
    header.writeUInt16LE(10, 4);
    header.writeUInt16LE(isSpike ? event.electrode : 0, 6);
    header.writeBigInt64LE(BigInt(event.sample), 8);
    header.writeDoubleLE(event.sample / rig.sampleRate, 16);
    if (!isSpike) return [code(0), Buffer.concat([header, ttlData(event.line, event.isOn)])];
    const rest = Buffer.alloc(2 + 4 * nChannels * (1 + nWaveformSamples));
    rest.writeUInt16LE(event.sortedId, 0);
    for (let i = 0; i < nChannels; i++) rest.writeFloatLE(threshold, 2 + 4 * i);
    return [code(1), Buffer.concat([header, rest])];
  },

  'zmq-interface': (event, rig, number) => {
    const stamp = { timestamp: Math.round((event.sample / rig.sampleRate) * 1000) };
    if (event.kind === 'spike') {
      const spike = {
        stream: rig.stream,
        source_node: sourceNode,
        electrode: electrodeName(event.electrode),
        sample_num: event.sample,
        num_channels: nChannels,
        num_samples: nWaveformSamples,
        sorted_id: event.sortedId,
        threshold: Array.from({ length: nChannels }, () => threshold),
      };
      const waveform = Buffer.alloc(4 * nChannels * nWaveformSamples);
      return [
        Buffer.from('EVENT\0'),
        prettyHeader({ message_num: number, type: 'spike', spike, ...stamp }),
        waveform,
      ];
    }
    const common = { stream: rig.stream, source_node: sourceNode };
    if (event.kind === 'ttl') {
      const content = { ...common, type: 3, sample_num: event.sample };
      return [
        Buffer.from('EVENT\0'),
        prettyHeader({ message_num: number, type: 'event', content, data_size: 10, ...stamp }),
        ttlData(event.line, event.isOn),
      ];
    }
    const content = {
      stream: rig.stream,
      channel_num: 0,
      channel_name: 'CH1',
      num_samples: event.nSamples,
      sample_num: event.sample,
      sample_rate: rig.sampleRate,
    };
    const samples = Buffer.alloc(4 * event.nSamples);
    const size = { data_size: samples.length };
    return [
      Buffer.from('DATA\0'),
      prettyHeader({ message_num: number, type: 'data', content, ...size, ...stamp }),
      samples,
    ];
  },
};

/** Name of an electrode; the emulator counts them from 1. */
export function electrodeName(electrode: number): string {
  return `E${electrode}`;
}

/** JSON as the plugin writes it: as many bytes as the text has characters, which cuts it short where a name is beyond ASCII. */
function prettyHeader(header: object): Buffer {
  const text = JSON.stringify(header, null, 2);
  return Buffer.from(text).subarray(0, text.length);
}

function code(value: number): Buffer {
  return Buffer.of(value, 0);
}

function ttlData(line: number, isOn: boolean): Buffer {
  const data = Buffer.alloc(10);
  data.writeUInt8(line - 1, 0);
  data.writeUInt8(isOn ? 1 : 0, 1);
  data.writeBigUInt64LE(isOn ? 1n << BigInt(line - 1) : 0n, 2);
  return data;
}
