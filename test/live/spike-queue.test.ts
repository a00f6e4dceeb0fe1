import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SpikeQueue } from '../../src/live/spike-queue.ts';

test('gives out what went in, by time and then by unit, whatever is taken between', () => {
  const spike = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 5 }));
  const step = fc.oneof(spike, fc.integer({ min: 0, max: 4 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 2000 }), (steps) => {
      const queue = new SpikeQueue();
      let expected: [number, number][] = [];
      for (const one of steps) {
        if (typeof one === 'number') {
          const n = Math.min(one, queue.length);
          const { times, units } = queue.take(n);
          const taken = expected.slice(0, n);
          expect([...times].map((time, i) => [time, units[i]])).toEqual(taken);
          expected = expected.slice(n);
          continue;
        }
        const isNew = !expected.some(([time, unit]) => time === one[0] && unit === one[1]);
        expect(queue.insert(one[0], one[1])).toBe(isNew);
        if (isNew) expected = [...expected, one].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      }
      expect(queue.length).toBe(expected.length);
      expect(queue.countBefore(150)).toBe(expected.filter(([time]) => time < 150).length);
    }),
    { numRuns: 40 },
  );
});
