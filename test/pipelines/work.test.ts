// How much work a run does, in numbers that no machine changes: what is in flight, written, made and touched.
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createBinner } from '../../src/math/binner.ts';
import { createProjector } from '../../src/math/projector.ts';
import { createSfc32 } from '../../src/math/sfc32.ts';
import { createSmoother } from '../../src/math/smoother.ts';
import type { CountsChunk, SpikeChunk } from '../../src/model/chunk.ts';
import { makeMoments, makePatterns } from '../bench/made.ts';
import { runText } from '../support/run.ts';

const session = fileURLToPath(new URL('../../data-samples/sim_small_11', import.meta.url));

const pipeline = (compression: string) => `version: 1
name: work
nodes:
  recording: { op: cellexplorer, path: '${session}', brainRegion: CA1, cellType: Pyr, chunkSeconds: 5 }
  task: { op: epoch-filter, from: recording.spikes, keep: task & THETA }
  taskCounts: { op: bin, from: task, binSize: 0.025 }
  taskZ: { op: zscore, from: taskCounts }
  templates: { op: fit-patterns, from: taskZ }
  counts: { op: bin, from: recording.spikes, binSize: 0.01 }
  z: { op: zscore, from: counts }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
  files: { op: parquet, compression: ${compression}, rowGroupSize: 10000 }
`;

describe('a run', () => {
  test('holds two chunks at most, and writes each number once', async () => {
    const { result, folder } = await runText(pipeline('none'), '/');
    const wire = result.wires.get('activity.activation');
    expect(wire?.nChunks).toBeGreaterThan(50);
    expect(result.mostChunksInFlight).toBe(2);
    const nAssemblies = 2;
    const nBytes = folder.files.get('activations.parquet')?.bytes().length ?? 0;
    const data = (wire?.nBins ?? 0) * 8 * (1 + nAssemblies);
    expect(data).toBeGreaterThan(1e6);
    expect(nBytes).toBeGreaterThan(data);
    // Page headers, and what the footers repeat.
    expect(nBytes).toBeLessThan(data * 1.02);
  });

  test('passes on as many bins and spikes however it is cut', async () => {
    const short = await runText(pipeline('zstd'), '/');
    const long = await runText(
      pipeline('zstd').replace('chunkSeconds: 5', 'chunkSeconds: 600'),
      '/',
    );
    for (const [wire, count] of short.result.wires) {
      const { nSpikes, nBins, nRuns } = long.result.wires.get(wire) ?? {};
      expect({ wire, nSpikes, nBins, nRuns }).toEqual({
        wire,
        nSpikes: count.nSpikes,
        nBins: count.nBins,
        nRuns: count.nRuns,
      });
    }
  });
});

const { double } = createSfc32(1, 1);

/** Single spikes of units in turn, far enough apart that no kernel reaches two of them. */
function spikesOf(nSpikes: number, nUnits: number, end: number): SpikeChunk {
  const times = Float64Array.from({ length: nSpikes }, (_, i) => ((i + 0.5) * end) / nSpikes);
  const units = Int32Array.from(times, (_, i) => i % nUnits);
  return { kind: 'spikes', start: 0, end, nUnits, times, units, runEnd: end };
}

function countsOf(nSpikes: number, nUnits: number, end: number): CountsChunk {
  const counts = createBinner(0.01, 'plain').push(spikesOf(nSpikes, nUnits, end));
  if (!counts) throw new Error('no bins');
  return counts;
}

function smoothedOf(counts: CountsChunk): CountsChunk[] {
  const smoother = createSmoother({ sd: 0.01, truncate: 4, across: 'epochs' });
  return [...smoother.push(counts), ...smoother.finish()];
}

const nEntries = (chunks: readonly CountsChunk[]) =>
  chunks.reduce((sum, { values }) => sum + values.length, 0);

describe('what is touched', () => {
  test('an entry per spike, and one per spike and bin that its kernel reaches', () => {
    const counts = countsOf(500, 20, 200);
    expect(counts.values).toHaveLength(500);
    // A kernel of 1 bin SD, cut at 4 SD, reaches 9 bins.
    expect(nEntries(smoothedOf(counts))).toBe(500 * 9);
  });

  test('neither more units nor more bins add entries', () => {
    expect(nEntries(smoothedOf(countsOf(500, 1000, 200)))).toBe(500 * 9);
    expect(nEntries(smoothedOf(countsOf(500, 20, 800)))).toBe(500 * 9);
  });
});

/** Bytes of typed arrays that `work` makes. Garbage that goes meanwhile hides some: the most of several tries. */
function bytesMade(work: () => unknown): number {
  const kept: unknown[] = [];
  const tries = Array.from({ length: 7 }, () => {
    const before = process.memoryUsage().arrayBuffers;
    kept.push(work());
    return process.memoryUsage().arrayBuffers - before;
  });
  expect(kept).toHaveLength(7);
  return Math.max(...tries);
}

describe('what is made per chunk', () => {
  const nBins = 20_000;
  const counts = countsOf(2000, 20, 200);

  test('projection makes its times and one column per pattern', () => {
    const projector = createProjector(makePatterns(20, 6, double), 'zero');
    const moments = makeMoments(20, 0.013, nBins, 0.01);
    const project = () => projector.project(counts, moments);
    project();
    const size = counts.nBins * 8 * (1 + 6);
    expect(bytesMade(project)).toBeGreaterThanOrEqual(size);
    expect(bytesMade(project)).toBeLessThan(size * 1.05);
  });

  test('smoothing makes its entries and offsets once its room has grown', () => {
    const smoother = createSmoother({ sd: 0.01, truncate: 4, across: 'epochs' });
    let firstBin = 0;
    const next = () => {
      const chunk = { ...counts, firstBin, origin: 0 };
      firstBin += counts.nBins;
      return smoother.push(chunk);
    };
    for (let i = 0; i < 3; i++) next();
    const size = 2000 * 9 * 12 + counts.nBins * 4;
    expect(bytesMade(next)).toBeGreaterThanOrEqual(size * 0.99);
    expect(bytesMade(next)).toBeLessThan(size * 1.05);
  });
});
