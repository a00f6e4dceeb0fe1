import { expect, test } from 'vitest';
import { defineSink, defineSource, type Registry } from '../../src/define.ts';
import type { SpikeChunk } from '../../src/model/chunk.ts';
import type { Epochs } from '../../src/model/epochs.ts';
import { numberedUnits } from '../../src/model/units.ts';
import { count } from '../../src/params.ts';
import { builtins } from '../../src/registry.ts';
import { runText } from '../support/run.ts';

const nUnits = 6;

/** Units that take turns, two of them always together: one chunk a second, made when it is asked for. */
function* spikes(nChunks: number, made: { count: number }): Generator<SpikeChunk> {
  for (let second = 0; second < nChunks; second++) {
    made.count++;
    const times = Float64Array.from({ length: 90 }, (_, i) => second + i / 90);
    const units = Int32Array.from(
      { length: 90 },
      (_, i) => [0, 1, 0, 1, 2, 3, 4, 5, 2][(i + second) % 9] ?? 0,
    );
    yield { kind: 'spikes', start: second, end: second + 1, nUnits, times, units, runEnd: nChunks };
  }
}

const pipeline = `version: 1
name: endless
parameters: { chunks: { type: count } }
nodes:
  rig: { op: synthetic, chunks: '\${chunks}' }
  train: { op: epoch-filter, from: rig.spikes, keep: first }
  trainCounts: { op: bin, from: train, binSize: 0.05 }
  trainZ: { op: zscore, from: trainCounts }
  templates: { op: fit-patterns, from: trainZ, method: pca, nAssemblies: 2 }
  counts: { op: bin, from: rig.spikes, binSize: 0.01 }
  smoothed: { op: smooth, from: counts, sd: 0.01 }
  z: { op: zscore, from: smoothed }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
  slow: { op: slow, from: activity }
`;

async function runWithSlowSink(nChunks: number) {
  const made = { count: 0 };
  let written = 0;
  let ahead = 0;
  const domain = { start: 0, end: nChunks };
  const first = { name: 'first', environment: 'task', start: 0, end: 20 };
  const epochs: Epochs = {
    kind: 'epochs',
    domain,
    recorded: [first],
    epochs: [first],
    states: new Map(),
    roles: undefined,
  };
  const source = defineSource({
    op: 'synthetic',
    summary: 'Spikes without end.',
    outputs: { spikes: 'spikes', units: 'units', epochs: 'epochs' },
    params: { chunks: count({ doc: 'How many.' }) },
    open: async ({ chunks }) => ({
      values: { units: numberedUnits(nUnits), epochs },
      streams: { spikes: () => spikes(chunks, made) },
      digests: [],
      paths: [],
      span: domain,
    }),
  });
  const sink = defineSink({
    op: 'slow',
    summary: 'Writes more slowly than anything is made.',
    records: ['activation'],
    params: {},
    open: async () => ({
      chunk: async () => {
        ahead = Math.max(ahead, made.count - nChunks - written);
        await new Promise((resolve) => setTimeout(resolve));
        written++;
      },
      value: async () => {},
      finish: async () => {},
    }),
  });
  const registry: Registry = { ...builtins, sources: [source], sinks: [sink] };
  const { result } = await runText(pipeline, '.', { chunks: String(nChunks) }, registry);
  return { ahead, written, inFlight: result.mostChunksInFlight };
}

test('chunks in flight do not grow with the recording', async () => {
  const short = await runWithSlowSink(25);
  const long = await runWithSlowSink(500);
  // One chunk more than were read: the bins that smoothing held back.
  expect(short.written).toBe(26);
  expect(long.written).toBe(501);
  expect(short.inFlight).toBeGreaterThan(0);
  expect(long.inFlight).toBeLessThanOrEqual(2);
  expect(long.inFlight).toBe(short.inFlight);
  expect(long.ahead).toBe(short.ahead);
  expect(long.ahead).toBeLessThanOrEqual(4);
});
