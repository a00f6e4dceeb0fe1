import { bench, describe } from 'vitest';
import { createBinner } from '../../src/math/binner.ts';
import { symmetricEigen } from '../../src/math/eigen.ts';
import { fastIca } from '../../src/math/fast-ica.ts';
import type { StandardisedRows } from '../../src/math/ica-responses.ts';
import { createMomentsAccumulator } from '../../src/math/moments.ts';
import { createPeriEventAverager } from '../../src/math/peri-event.ts';
import { createProjector } from '../../src/math/projector.ts';
import { createSfc32 } from '../../src/math/sfc32.ts';
import { createSmoother } from '../../src/math/smoother.ts';
import { createSparseSums, scaledCovariance } from '../../src/math/sparse-covariance.ts';
import type { ActivationChunk, CountsChunk, SpikeChunk } from '../../src/model/chunk.ts';
import { openCodec } from '../../src/sinks/parquet-codec.ts';
import { createColumnBuffer } from '../../src/sinks/parquet-column.ts';
import { encodeColumn } from '../../src/sinks/parquet-encode.ts';
import { makeMoments, makePatterns } from './made.ts';

// Ten minutes of 75 units that fire 1.3 times a second, in bins of 10 ms, and 15 assemblies.
const nUnits = 75;
const nPatterns = 15;
const binSize = 0.01;
const duration = 600;
const nBins = duration / binSize;
const { double } = createSfc32(1, 1);

const spikes = makeSpikes(Math.round(duration * nUnits * 1.3));
const counts = only(createBinner(binSize, 'plain').push(spikes));
const smoothed = smoothAll();
const patterns = makePatterns(nUnits, nPatterns, double);
const moments = makeMoments(nUnits, 0.013, nBins, binSize);
const smoothedMoments = { ...moments, smoothingSd: only(smoothed[0]).smoothingSd };
const activation = createProjector(patterns, 'zero').project(counts, moments);
const events = Float64Array.from({ length: 150 }, () => double() * duration).sort();
const { data, covariance } = standardise();
const eigen = symmetricEigen(covariance, nUnits);
const codecs = await Promise.all(
  (['zstd', 'snappy', 'none'] as const).map(async (name) => ({
    name,
    compress: await openCodec(name),
  })),
);
const column = fillColumn();
// What came out last, so that nothing is found to be useless.
const sink: { last?: unknown } = {};

describe('ten minutes of 75 units at 10 ms', () => {
  bench('binner', () => {
    keep(createBinner(binSize, 'plain').push(spikes));
  });
  bench('smoother', () => {
    keep(smoothAll());
  });
  bench('moments', () => {
    const accumulator = createMomentsAccumulator(nUnits);
    for (const chunk of smoothed) accumulator.add(chunk);
    keep(accumulator.result());
  });
  bench('projector, counts', () => {
    keep(createProjector(patterns, 'zero').project(counts, moments));
  });
  bench('projector, smoothed counts', () => {
    const projector = createProjector(patterns, 'zero');
    for (const chunk of smoothed) keep(projector.project(chunk, smoothedMoments));
  });
  bench('peri-event, 150 events of 1 s', () => {
    keep(alignAll(activation));
  });
  bench('sparse covariance', () => {
    const gathered = createSparseSums(nUnits);
    gathered.add(counts);
    keep(scaledCovariance(gathered, Int32Array.from(data.slots), data.scales));
  });
  bench('fast-ica, one iteration', () => {
    keep(fastIca(data, eigen, nPatterns, { maxIterations: 1, tolerance: 0, seed: 0 }));
  });
});

describe('eigenvalues and vectors', () => {
  bench(`${nUnits} units`, () => {
    keep(symmetricEigen(covariance, nUnits));
  });
});

describe('a Parquet page of 65,536 activations', () => {
  for (const { name, compress } of codecs) {
    bench(name, () => {
      keep(encodeColumn(column, column.numbers.length, compress));
    });
  }
});

function keep(result: unknown): void {
  sink.last = result;
}

function only<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing came out');
  return value;
}

function makeSpikes(nSpikes: number): SpikeChunk {
  const times = Float64Array.from({ length: nSpikes }, () => double() * duration).sort();
  const units = Int32Array.from(times, () => Math.floor(double() * nUnits));
  // A little longer, so that the last bin closes.
  const end = duration + binSize / 2;
  return { kind: 'spikes', start: 0, end, nUnits, times, units, runEnd: end };
}

function smoothAll(): CountsChunk[] {
  const smoother = createSmoother({ sd: 0.025 / Math.sqrt(12), truncate: 4, across: 'epochs' });
  return [...smoother.push(counts), ...smoother.finish()];
}

function alignAll(chunk: ActivationChunk) {
  const averager = createPeriEventAverager({
    convention: 'exact',
    window: [-0.5, 0.5],
    binSize,
    nAssemblies: nPatterns,
  });
  averager.addEvents(events);
  averager.push(chunk);
  return averager.finish();
}

function standardise() {
  const gathered = createSparseSums(nUnits);
  gathered.add(counts);
  const slots = Int32Array.from({ length: nUnits }, (_, unit) => unit);
  const means = Float64Array.from(slots, (unit) => gathered.sums[unit] / gathered.nRows);
  const scales = new Float64Array(nUnits).fill(0.114);
  const rows: StandardisedRows = { rows: [counts], nRows: nBins, slots, means, scales };
  return { data: rows, covariance: scaledCovariance(gathered, slots, scales) };
}

function fillColumn() {
  const length = 65_536;
  const buffer = createColumnBuffer({ name: 'assembly_1', type: 'float64' }, length);
  for (let row = 0; row < length; row++) buffer.numbers[row] = activation.columns[0][row % nBins];
  return buffer;
}
