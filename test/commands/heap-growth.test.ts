import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { nextGrowth, watchArrays } from '../../src/commands/heap-growth.ts';

const built = new URL('../../dist/commands/heap-growth.js', import.meta.url);

/** What a process of its own counts, whose flags are nobody else's. */
function measure(code: string): number {
  const args = ['--input-type=module', '--eval', code];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

/** Bytes for young objects after many were made. */
const young = `
  import { getHeapSpaceStatistics } from 'node:v8';
  let held = [];
  for (let i = 0; i < 2e6; i++) {
    held.push({ i, of: [i] });
    if (held.length > 50_000) held = [];
  }
  console.log(getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space').space_size);
`;

const allowed = (code: string) =>
  `import { allowGrowth } from ${JSON.stringify(built.href)}; allowGrowth(); ${code}`;

test('young objects get no more room than they had', () => {
  const [before, after] = [measure(young), measure(allowed(young))];
  expect(before).toBeGreaterThan(8 * 2 ** 20);
  expect(after).toBeLessThan(before / 2);
});

/** A thread that has come and gone, as those of a run do. */
const thread = `
  import { Worker } from 'node:worker_threads';
  const worker = new Worker('', { eval: true });
  await new Promise((resolve) => worker.once('exit', resolve));
`;

test('nor when a thread has started since', () => {
  const [before, after] = [measure(young), measure(allowed(thread + young))];
  expect(after).toBeLessThan(before / 2);
});

test('markings in close succession get more growth, rare ones less, others what they had', () => {
  const [most, least] = [nextGrowth(0, 0.1), nextGrowth(0, 10)];
  expect(most).toBeGreaterThan(least);
  expect(least).toBeGreaterThan(0);
  expect(nextGrowth(least, 0.1)).toBe(most);
  expect(nextGrowth(most, 10)).toBe(least);
  expect([least, most].map((growth) => nextGrowth(growth, 1))).toEqual([least, most]);
});

test('a long run is allowed less', () => {
  expect(nextGrowth(0, 0.1, true)).toBeLessThan(nextGrowth(0, 0.1));
  expect(nextGrowth(0, 10, true)).toBe(nextGrowth(0, 10));
});

test('arrays are looked at when some megabytes have come together, and from there on again', () => {
  let size = 20e6;
  let nCollected = 0;
  const look = watchArrays(
    () => size,
    () => {
      nCollected++;
      size -= 5e6;
    },
  );
  const sizes: [to: number, nCollected: number][] = [
    [25e6, 0],
    [10e6, 0],
    [15e6, 0],
    // 7 MB above the least of them; 5 go.
    [17e6, 1],
    [17e6, 1],
    [19e6, 2],
  ];
  for (const [to, expected] of sizes) {
    size = to;
    look();
    expect({ to, nCollected }).toEqual({ to, nCollected: expected });
  }
});
