import { describe, expect, test } from 'vitest';
import { readBroadcaster } from '../../../src/sources/open-ephys/broadcaster.ts';
import { parseCutJson } from '../../../src/sources/open-ephys/cut-json.ts';
import { readZmqInterface } from '../../../src/sources/open-ephys/zmq-interface.ts';

const text = (value: string) => Buffer.from(value);
const code = (value: number) => Buffer.from([value, 0]);

describe('the Event Broadcaster', () => {
  const spike =
    '{"event_type":"spike","stream":"Probe-A","source_node":105,"electrode":"Tetrode 2","num_channels":4,"sample_rate":30000.0,"sample_number":123456,"sorted_id":3,"amp1":71.5,"amp2":-3}';

  test('a spike, with a NUL behind it or without', () => {
    const expected = {
      kind: 'spike',
      stream: 'Probe-A',
      electrode: 'Tetrode 2',
      sample: 123456,
      sampleRate: 30000,
      sortedId: 3,
    };
    expect(readBroadcaster([code(1), text(spike)])).toEqual(expected);
    expect(readBroadcaster([code(1), text(`${spike}\0`)])).toEqual(expected);
  });

  test.each([
    ['true', true],
    ['false', false],
    ['1', true],
    ['0', false],
  ])('a TTL event whose state is %s', (state, isOn) => {
    const ttl = `{"event_type":"ttl","stream":"Probe-A","source_node":105,"sample_rate":30000,"channel_name":"TTL","sample_number":42,"line":2,"state":${state}}`;
    expect(readBroadcaster([code(0), text(ttl)])).toMatchObject({
      kind: 'ttl',
      sample: 42,
      line: 3,
      isOn,
    });
  });

  test('a spike as bytes', () => {
    const bytes = Buffer.from(
      '0203' +
        '6900' +
        '0a00' +
        '0700' +
        '40e2010000000000' +
        '0000000000001040' +
        '0500' +
        '0000c842',
      'hex',
    );
    expect(readBroadcaster([code(1), bytes])).toEqual({
      kind: 'spike',
      stream: '10',
      electrode: '7',
      sample: 123456,
      sampleRate: undefined,
      sortedId: 5,
    });
  });

  test('a TTL event as bytes', () => {
    const bytes = Buffer.from(
      '0103' +
        '6900' +
        '0a00' +
        '0000' +
        '2a00000000000000' +
        '0000000000000000' +
        '0401' +
        '1000000000000000',
      'hex',
    );
    expect(readBroadcaster([code(0), bytes])).toMatchObject({ sample: 42, line: 5, isOn: true });
  });

  test.each([
    ['one frame', [text(spike)]],
    ['three frames', [code(1), text(spike), text('')]],
    ['an unknown code', [code(7), text(spike)]],
    ['a spike under the code of TTL', [code(0), text(spike)]],
    ['no sample number', [code(1), text(spike.replace('"sample_number":123456,', ''))]],
    ['a sample number that is text', [code(1), text(spike.replace('123456', '"x"'))]],
    ['a sample number below 0', [code(1), text(spike.replace('123456', '-1'))]],
    ['a sample number beyond doubles', [code(1), text(spike.replace('123456', '1e300'))]],
    [
      'a sorted id that is none',
      [code(1), text(spike.replace('"sorted_id":3', '"sorted_id":0.5'))],
    ],
    ['no JSON', [code(1), text('{]')]],
    ['a JSON list', [code(1), text('[1, 2]')]],
    ['bytes that are too few', [code(1), Buffer.from('020369000a00', 'hex')]],
    ['bytes of another base type', [code(1), Buffer.alloc(60, 9)]],
    ['nothing', []],
  ])('%s is no message', (_, frames) => {
    expect(readBroadcaster(frames)).toBeUndefined();
  });
});

describe('the ZMQ Interface', () => {
  const envelope = text('EVENT\0');
  const spike = `{
  "message_num": 17,
  "type": "spike",
  "spike": {
    "stream": "Probe-A",
    "source_node": 101,
    "electrode": "Stereotrode 1",
    "sample_num": 9000,
    "num_channels": 2,
    "num_samples": 40,
    "sorted_id": 2,
    "threshold": [-50.0, -50.0]
  },
  "timestamp": 1700000000000
}`;

  test('a spike, which says no sample rate', () => {
    expect(readZmqInterface([envelope, text(spike), Buffer.alloc(320)])).toEqual({
      kind: 'spike',
      stream: 'Probe-A',
      electrode: 'Stereotrode 1',
      sample: 9000,
      sampleRate: undefined,
      sortedId: 2,
      number: 17,
    });
  });

  test('a header that a name beyond ASCII has cut short', () => {
    const named = Buffer.from(spike.replace('Probe-A', 'Sonde-ÄÖÜ'));
    const cut = named.subarray(0, named.length - 3);
    expect(() => JSON.parse(cut.toString()) as unknown).toThrow();
    expect(readZmqInterface([envelope, cut, Buffer.alloc(320)])).toMatchObject({
      stream: 'Sonde-ÄÖÜ',
      sample: 9000,
      sortedId: 2,
    });
  });

  test('a TTL event: its type is 3, its data line, state and word', () => {
    const event = (type: number) =>
      text(
        `{"message_num":18,"type":"event","content":{"stream":"Probe-A","source_node":101,"type":${type},"sample_num":77},"data_size":10,"timestamp":0}`,
      );
    const data = Buffer.from('02010400000000000000', 'hex');
    expect(readZmqInterface([envelope, event(3), data])).toMatchObject({
      kind: 'ttl',
      sample: 77,
      line: 3,
      isOn: true,
      number: 18,
    });
    const other = { kind: 'other', number: 18 };
    expect(readZmqInterface([envelope, event(1), data])).toEqual(other);
    expect(readZmqInterface([envelope, event(3)])).toEqual(other);
    const parameter = text('{"message_num":18,"type":"parameter","content":{}}');
    expect(readZmqInterface([envelope, parameter])).toEqual(other);
  });

  test('a block of samples says the rate, and how far the clock is', () => {
    const header =
      '{"message_num":19,"type":"data","content":{"stream":"Probe-A","channel_num":0,"channel_name":"CH1","num_samples":1024,"sample_num":4096,"sample_rate":30000},"data_size":4096,"timestamp":0}';
    expect(readZmqInterface([text('DATA\0'), text(header), Buffer.alloc(4096)])).toEqual({
      kind: 'clock',
      stream: 'Probe-A',
      sample: 5120,
      sampleRate: 30000,
      number: 19,
    });
  });

  test.each([
    ['another envelope', [text('NEWS\0'), text(spike)]],
    ['one frame', [envelope]],
    [
      'a body under the key that the comment of the plugin names',
      [envelope, text(spike.replace('"spike": {', '"content": {'))],
    ],
    ['a header that is cut before the body', [envelope, text(spike.slice(0, 40))]],
  ])('%s is no message', (_, frames) => {
    expect(readZmqInterface(frames)).toBeUndefined();
  });
});

test.each([
  ['{"a":1,"b":[1,2', { a: 1, b: [1] }],
  ['{"a":"x, }","b":"cu', { a: 'x, }' }],
  ['{"a":{"b":1,"c":2', { a: { b: 1 } }],
  ['{"a":1}\0\0', { a: 1 }],
  ['{"a"', undefined],
  ['noise', undefined],
])('what is left of %j', (cut, expected) => {
  expect(parseCutJson(Buffer.from(cut))).toEqual(expected);
});
