import { constants, type NodeGCPerformanceDetail, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Worker } from 'node:worker_threads';

interface GcEntry extends PerformanceEntry {
  readonly detail?: NodeGCPerformanceDetail;
}

/**
 * Bytes that V8's heap, with the arrays it counts to it, may grow by between two markings: at most so much in a short run,
 * which is soon over, and in a long one, where arrays are watched besides and memory would creep up to it.
 */
const [least, most, mostInLongRun] = [8 * 2 ** 20, 48 * 2 ** 20, 16 * 2 ** 20];

/**
 * The growth to allow from now on. Where markings follow each other closely, what is in use goes up and down by more than
 * was allowed, and they are for nothing; where they are rare they cost nothing, and what is garbage is better found soon.
 * @param seconds since the marking before
 */
export function nextGrowth(growth: number, seconds: number, isLong = false): number {
  if (seconds < 0.5) return isLong ? mostInLongRun : most;
  return seconds > 2 ? least : growth;
}

/** Bytes of arrays that may come together before the unused ones among them are looked for, and when that begins. */
const mostArrays = 6 * 2 ** 20;
const longRun = 5000;

/**
 * V8 looks for young arrays that nobody uses when there are 32 MB of them: in a long run memory creeps up to as much more.
 * Each look takes half a millisecond; a short run is over before it would pay.
 * @param size bytes of arrays now
 * @param collect frees the unused ones
 * @returns what is to be called now and then
 */
export function watchArrays(size: () => number, collect: () => void): () => void {
  let least = size();
  return () => {
    least = Math.min(least, size());
    if (size() - least < mostArrays) return;
    collect();
    least = size();
  };
}

/** V8's own collector, which programs see only when they are started so. */
function collectYoung(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: NodeJS.GCFunction = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return () => gc({ type: 'minor' });
}

/**
 * Lets V8 mark its heap each time that it has grown by some megabytes. It adds arrays outside the heap to its growth, and
 * allows a share of the heap, which is small here: by its own measure it would mark all of it, over and over, for every few
 * chunks that pass. And keeps the room of young objects as it is: streams make few, and the tables at the end of a run many,
 * for which V8 would take some 30 MB more. Changes no number.
 * @returns what ends it
 */
export function allowGrowth(): () => void {
  let growth = least;
  let watch: NodeJS.Timeout | undefined;
  let marked = 0;
  const tell = (): void => {
    const { used_heap_size: used } = getHeapStatistics();
    const percent = Math.min(400, Math.max(25, Math.round((100 * growth) / used)));
    setFlagsFromString(`--heap-growing-percent=${percent}`);
  };
  // V8 asks for the share when a marking ends, before it is told of here: so the one after it has the new growth.
  const markings = new PerformanceObserver((list) => {
    for (const { startTime, detail } of list.getEntries() as GcEntry[]) {
      if (detail?.kind !== constants.NODE_PERFORMANCE_GC_MAJOR) continue;
      growth = nextGrowth(growth, (startTime - marked) / 1000, watch !== undefined);
      marked = startTime;
    }
  });
  const keepYoung = (): void => setFlagsFromString('--semi-space-growth-factor=1');
  // Each thread sets it back for all of them, some time before it is heard of.
  const onWorker = (worker: Worker): void => {
    const soon = setInterval(keepYoung, 5).unref();
    const isThere = (): void => {
      clearInterval(soon);
      keepYoung();
    };
    worker.once('online', isThere).once('exit', isThere);
  };
  process.on('worker', onWorker);
  keepYoung();
  tell();
  markings.observe({ entryTypes: ['gc'] });
  const again = setInterval(tell, 250).unref();
  const begin = setTimeout(() => {
    const look = watchArrays(() => getHeapStatistics().external_memory, collectYoung());
    watch = setInterval(look, 10).unref();
    growth = Math.min(growth, mostInLongRun);
  }, longRun).unref();
  return () => {
    process.off('worker', onWorker);
    markings.disconnect();
    clearInterval(again);
    clearTimeout(begin);
    clearInterval(watch);
  };
}
