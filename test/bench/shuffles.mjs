// Shuffles on sparse counts, in one thread and in two, against the same shuffles on a dense matrix in tight loops.
// Run by hand on a build: node test/bench/shuffles.mjs [shuffles per repetition, default 40]
import { availableParallelism } from 'node:os';
import { largestEigenvalue } from '../../dist/math/largest-eigenvalue.js';
import { createSfc32 } from '../../dist/math/sfc32.js';
import { createShuffleMaxima } from '../../dist/math/shuffle-maxima.js';
import { shuffleNull } from '../../dist/math/shuffle-null.js';
import { createWorkerPool } from '../../dist/workers/pool.js';

const nUnits = 75;
const nBins = 84_000;
const perBin = 2.4;
const nSparse = Number(process.argv[2] ?? 40);
const nDense = 1;
const repetitions = 5;

const columns = makeColumns();
const scales = new Float64Array(nUnits).fill(0.2);
const shuffles = { columns, kind: 'bin-shuffle', generator: 'fast', seed: 0, scales };
const dense = makeDense();
const signal = new AbortController().signal;
const pools = [1, 2].map((nThreads) => createWorkerPool(nThreads));
const here = createShuffleMaxima(shuffles);
here({ first: 0, count: 10 });
for (const { compute } of pools) await shuffleNull(shuffles, 16, compute, signal);

const times = { here: [], one: [], two: [], dense: [] };
let checksum = 0;
for (let repetition = 0; repetition < repetitions; repetition++) {
  times.here.push(await time(nSparse, () => here({ first: 0, count: nSparse })));
  times.one.push(await time(nSparse, () => shuffleNull(shuffles, nSparse, pools[0].compute, signal)));
  times.two.push(await time(nSparse, () => shuffleNull(shuffles, nSparse, pools[1].compute, signal)));
  times.dense.push(await time(nDense, () => denseMaxima(nDense, repetition)));
}
for (const pool of pools) await pool.close();

const ms = Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
const said = (value) => `${value.toFixed(2)} ms per shuffle, ${value.toFixed(1)} s per 1000`;
console.log(`${nUnits} units, ${nBins} bins, ${columns.values.length} counts; ${availableParallelism()} cores`);
console.log(`sparse, this thread   ${said(ms.here)}`);
console.log(`sparse, 1 worker      ${said(ms.one)}`);
console.log(`sparse, 2 workers     ${said(ms.two)}`);
console.log(`dense, this thread    ${said(ms.dense)}`);
console.log(`dense / sparse        ${(ms.dense / ms.here).toFixed(1)} (goal: at least 20)`);
console.log(`dense / 2 workers     ${(ms.dense / ms.two).toFixed(1)}`);
console.log(`2 workers / 1 worker  ${(ms.one / ms.two).toFixed(2)} times as fast; check ${checksum.toPrecision(6)}`);

async function time(n, work) {
  const began = performance.now();
  for (const value of await work()) checksum += value;
  return (performance.now() - began) / n;
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

function makeColumns() {
  const { double } = createSfc32(1, 1);
  const perUnit = Math.round((perBin * nBins) / nUnits);
  const offsets = Int32Array.from({ length: nUnits + 1 }, (_, unit) => unit * perUnit);
  const bins = new Int32Array(nUnits * perUnit);
  for (let unit = 0; unit < nUnits; unit++) {
    const chosen = new Set();
    while (chosen.size < perUnit) chosen.add(Math.floor(double() * nBins));
    bins.set([...chosen].sort((a, b) => a - b), offsets[unit]);
  }
  const values = Float64Array.from(bins, () => (double() < 0.1 ? 2 : 1));
  return { nBins, offsets, bins, values };
}

/** z-scored rows, unit by unit. */
function makeDense() {
  return Array.from({ length: nUnits }, (_, unit) => {
    const row = new Float64Array(nBins);
    for (let e = columns.offsets[unit]; e < columns.offsets[unit + 1]; e++) {
      row[columns.bins[e]] = columns.values[e];
    }
    const mean = row.reduce((sum, x) => sum + x, 0) / nBins;
    const sd = Math.sqrt(row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / nBins);
    return row.map((x) => (x - mean) / sd);
  });
}

/** Permutes each row in place (mean 0 stays mean 0), upper triangle of the covariance, the same eigenvalue routine. */
function denseMaxima(n, seed) {
  const maxima = [];
  const covariance = new Float64Array(nUnits * nUnits);
  for (let shuffle = 0; shuffle < n; shuffle++) {
    const { uint32 } = createSfc32(seed, 2, shuffle);
    for (const row of dense) {
      for (let i = nBins - 1; i > 0; i--) {
        const other = (uint32() * 2 ** -32 * (i + 1)) | 0;
        const held = row[i];
        row[i] = row[other];
        row[other] = held;
      }
    }
    for (let i = 0; i < nUnits; i++) {
      const a = dense[i];
      for (let j = i; j < nUnits; j++) {
        const b = dense[j];
        // Four sums at once: one alone would wait for each addition to end.
        let s0 = 0;
        let s1 = 0;
        let s2 = 0;
        let s3 = 0;
        for (let bin = 0; bin < nBins; bin += 4) {
          s0 += a[bin] * b[bin];
          s1 += a[bin + 1] * b[bin + 1];
          s2 += a[bin + 2] * b[bin + 2];
          s3 += a[bin + 3] * b[bin + 3];
        }
        covariance[j * nUnits + i] = (s0 + s1 + s2 + s3) / (nBins - 1);
      }
    }
    maxima.push(largestEigenvalue(covariance, nUnits));
  }
  return maxima;
}
