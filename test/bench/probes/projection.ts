import { from, of, Subject } from 'rxjs';
import { createSfc32 } from '../../../src/math/sfc32.ts';
import type {
  ActivationChunk,
  CountsChunk,
  Moments,
  ZscoredChunk,
} from '../../../src/model/chunk.ts';
import { bin } from '../../../src/operators/bin.ts';
import { project } from '../../../src/operators/project.ts';
import { makeMoments, makePatterns } from '../made.ts';
import type { Measured, ProbeOptions } from '../probe.ts';
import { createClock } from './clock.ts';

interface Options extends ProbeOptions {
  readonly nUnits: number;
  readonly nBins: number;
  readonly nSpikes: number;
  readonly nPatterns: number;
}

const binSize = 0.01;
const chunkBins = 6000;

/** Projects spikes of chance on patterns of chance, with the size of everything chosen. */
export async function measure(options: Options): Promise<Measured> {
  const { nUnits, nBins, nSpikes, nPatterns } = options;
  const { double } = createSfc32(1, 1);
  const patterns = makePatterns(nUnits, nPatterns, double);
  const moments = makeMoments(nUnits, nSpikes / nBins / nUnits, nBins, binSize);
  const clock = createClock();
  const input = new Subject<{ kind: 'zscored'; counts: CountsChunk; moments: Moments }>();
  let made: ActivationChunk[] = [];
  let checksum = 0;
  input.pipe(project({}, of(patterns))).subscribe((chunk: ActivationChunk) => made.push(chunk));
  for (let first = 0; first < nBins; first += chunkBins) {
    const nHere = Math.min(chunkBins, nBins - first);
    const counts = await makeCounts(
      first,
      nHere,
      Math.round((nSpikes * nHere) / nBins),
      nUnits,
      double,
    );
    made = [];
    const chunk: ZscoredChunk & { moments: Moments } = { kind: 'zscored', counts, moments };
    clock.run(() => input.next(chunk));
    for (const { columns } of made) checksum += columns[0][0];
  }
  return { ...clock.total(), counts: { nSpikes, nPatterns, nBins, nUnits, checksum } };
}

async function makeCounts(
  firstBin: number,
  nBins: number,
  nSpikes: number,
  nUnits: number,
  double: () => number,
): Promise<CountsChunk> {
  const times = Float64Array.from({ length: nSpikes }, () => double() * nBins * binSize).sort();
  const units = Int32Array.from(times, () => Math.floor(double() * nUnits));
  const end = nBins * binSize;
  const chunk = { kind: 'spikes', start: 0, end, nUnits, times, units, runEnd: end } as const;
  let counts: CountsChunk | undefined;
  // A grid that is closed to the last bin, whatever the rounding of its end.
  await from([{ ...chunk, end: end + binSize / 2 }])
    .pipe(bin({ binSize }))
    .forEach((made) => {
      counts = made;
    });
  if (!counts || counts.nBins !== nBins) throw new Error('the bins are not those asked for');
  return { ...counts, firstBin };
}
