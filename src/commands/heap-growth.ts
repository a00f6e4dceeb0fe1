import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/** Bytes that V8's heap, with the arrays it counts to it, may grow by between two markings. */
const growth = 48 * 2 ** 20;

/**
 * Lets V8 mark its heap each time that it has grown by some megabytes. It adds arrays outside the heap to its growth, and
 * allows a share of the heap, which is small here: by its own measure it would mark all of it, over and over, for every few
 * chunks that pass. And keeps the room of young objects as it is: streams make few, and the tables at the end of a run many,
 * for which V8 would take some 30 MB more. Changes no number.
 */
export function allowGrowth(): void {
  const { used_heap_size: used } = getHeapStatistics();
  const percent = Math.min(400, Math.max(25, Math.round((100 * growth) / used)));
  setFlagsFromString(`--heap-growing-percent=${percent}`);
  setFlagsFromString('--semi-space-growth-factor=1');
}
